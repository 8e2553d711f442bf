// The connection to the program: news come in, a token goes out. A page nobody sees lets its connection go, because
// a browser has only six of them for all its windows.

let token = "";

/** Listens to `address`. `handlers` has one function for each event, and `lost(isLost)`. */
export function listen(address, handlers) {
  let stream = null;
  let assets = null;
  let timer = 0;

  const open = () => {
    clearTimeout(timer);
    if (stream) return;
    stream = new EventSource(address);
    stream.addEventListener("hello", (event) => {
      const hello = JSON.parse(event.data);
      token = hello.token;
      // Another version of the program: its pages belong to it.
      if (assets && assets !== hello.assets) return location.reload();
      assets = hello.assets;
      handlers.lost(false);
      handlers.hello?.(hello);
    });
    for (const name of ["state", "list"]) {
      stream.addEventListener(name, (event) => handlers[name]?.(JSON.parse(event.data)));
    }
    stream.addEventListener("error", () => {
      handlers.lost(true);
      // The browser itself comes back unless the answer was no stream at all.
      if (stream?.readyState === EventSource.CLOSED) {
        close();
        timer = setTimeout(open, 1000);
      }
    });
  };
  const close = () => {
    stream?.close();
    stream = null;
  };
  const settle = () => (document.hidden ? close() : open());
  document.addEventListener("visibilitychange", settle);
  addEventListener("pagehide", close);
  addEventListener("pageshow", settle);
  settle();
}

/** Asks the program to do something. */
export async function send(address, body) {
  const response = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Nianbao-Token": token },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}
