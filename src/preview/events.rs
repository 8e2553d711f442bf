//! News for browsers: one stream of server-sent events for each page in a browser.
//!
//! A browser that is slow misses states in between, never the last one.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use futures_core::Stream;
use serde_json::json;
use tokio::sync::mpsc;

use super::job::Job;
use super::session::Session;
use super::site::Site;

/// How soon a browser comes back when the connection was lost.
const RETRY: Duration = Duration::from_millis(500);
/// How often a silent stream says that it lives.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// A stream of events.
pub(super) type Feed = Sse<axum::response::sse::KeepAliveStream<Events>>;

/// Events as they come out of a channel.
pub(super) struct Events(mpsc::Receiver<Event>);

impl Stream for Events {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(cx).map(|event| event.map(Ok))
    }
}

/// The states of one report, beginning with the present one.
pub(super) fn of_report(site: &Arc<Site>, session: Arc<Session>) -> Feed {
    let mut news = session.subscribe();
    let viewer = session.view();
    site.ask(Job::Open(session.id.clone()));
    let hello = hello(site);
    feed(site, |sender| async move {
        let _viewer = viewer;
        if sender.send(hello).await.is_err() {
            return;
        }
        loop {
            let state = news.borrow_and_update().state.clone();
            let event = Event::default().event("state").data(&*state);
            if !state.is_empty() && sender.send(event).await.is_err() {
                return;
            }
            tokio::select! {
                changed = news.changed() => if changed.is_err() { return },
                () = sender.closed() => return,
            }
        }
    })
}

/// The list of reports, beginning with the present one.
pub(super) fn of_list(site: &Arc<Site>) -> Feed {
    let mut news = site.reports.subscribe();
    let hello = hello(site);
    feed(site, |sender| async move {
        if sender.send(hello).await.is_err() {
            return;
        }
        loop {
            let list = json!({"reports": *news.borrow_and_update()}).to_string();
            if sender.send(Event::default().event("list").data(list)).await.is_err() {
                return;
            }
            tokio::select! {
                changed = news.changed() => if changed.is_err() { return },
                () = sender.closed() => return,
            }
        }
    })
}

/// The first event: what a page needs to go on after the server was started anew.
fn hello(site: &Site) -> Event {
    let words = json!({"token": site.token, "assets": site.assets, "editor": site.editor, "save": site.save.is_some()});
    Event::default().event("hello").retry(RETRY).data(words.to_string())
}

fn feed<F: Future<Output = ()> + Send + 'static>(
    site: &Site,
    work: impl FnOnce(mpsc::Sender<Event>) -> F,
) -> Feed {
    let (sender, receiver) = mpsc::channel(1);
    site.streams.add(tokio::spawn(work(sender)).abort_handle());
    Sse::new(Events(receiver)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE).text("·"))
}
