//! The report as it will be printed, in the browser, while its file is edited.
//!
//! `watch` notices changes, `engine` checks and sets on a thread of its own, `session` holds the result, `routes`
//! serves it to browsers on this machine. In: [`Options`] and a [`Generator`]. Out: pages, findings and the places
//! of both in the data file, pushed to every browser that looks. Nothing is printed and nothing leaves the machine.

mod appearance;
mod assets;
mod checklist;
mod connection;
mod engine;
mod events;
mod guard;
mod job;
mod making;
mod memory;
mod options;
mod page;
mod patient;
mod pdf;
mod reports;
mod routes;
mod save;
mod session;
mod site;
mod spots;
mod state;
mod streams;
mod summary;
mod watch;

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::mpsc::channel;

use crate::generator::Generator;
use engine::Engine;
use job::Job;
use reports::Reports;
pub use save::Save;

pub use options::Options;

/// Ports that are tried when none is named.
pub const PORTS: std::ops::Range<u16> = 8823..8923;

/// A preview that can be reached, but does not answer yet.
pub struct Preview {
    listener: TcpListener,
    address: SocketAddr,
    site: Arc<site::Site>,
}

impl Preview {
    /// Takes a port on the loopback interface and starts watching and working.
    ///
    /// # Errors
    /// When the port is taken, or the system has no more threads.
    pub fn start(options: Options, generator: Generator) -> io::Result<Self> {
        Self::start_draft(options, generator, None)
    }

    /// Starts the preview of a draft that was made of a foreign file; the page offers to save it.
    ///
    /// # Errors
    /// As [`Preview::start`].
    pub fn start_draft(
        options: Options,
        generator: Generator,
        save: Option<Save>,
    ) -> io::Result<Self> {
        let options = options.absolute();
        let listener = listen(options.port)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (jobs, inbox) = channel();
        let targets = watch::start(options.poll, jobs.clone())?;
        let reports = Arc::new(Reports::new());
        let is_folder = options.is_folder;
        let (editor, deny_warnings) = (options.editor.clone(), options.deny_warnings);
        let words = site::Words { is_folder, editor, deny_warnings, save };
        let engine = Engine::new(options, generator, reports.clone(), targets);
        engine.start(inbox)?;
        if !is_folder {
            for session in reports.all() {
                // The engine was started just now.
                let _ = jobs.send(Job::Open(session.id.clone()));
            }
        }
        let site = site::Site::new(reports, jobs, address.port(), words);
        Ok(Self { listener, address, site: Arc::new(site) })
    }

    /// The address to open.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Answers browsers until `stop` comes to an end.
    ///
    /// # Errors
    /// When the runtime cannot be started.
    pub fn run(self, stop: impl Future<Output = ()>) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("http")
            .enable_all()
            .build()?;
        let result = runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(self.listener)?;
            tokio::select! {
                () = connection::serve(listener, routes::router(self.site)) => {}
                () = stop => {}
            }
            Ok(())
        });
        runtime.shutdown_background();
        result
    }
}

fn listen(port: Option<u16>) -> io::Result<TcpListener> {
    let bind = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    if let Some(port) = port {
        return bind(port);
    }
    let mut failure = None;
    for port in PORTS {
        match bind(port) {
            Ok(listener) => return Ok(listener),
            Err(error) => failure = Some(error),
        }
    }
    Err(failure.unwrap_or_else(|| io::ErrorKind::AddrInUse.into()))
}
