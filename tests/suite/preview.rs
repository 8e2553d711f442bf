//! The preview: what the server answers and refuses, what it tells while files change, and the page in a real
//! browser.

mod browser;
mod live;
mod pages;
mod safety;
mod server;
