//! What the server answers. Reports are named by ids that the engine gave out; no address holds a path.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::middleware;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::oneshot;

use super::events::{self, Feed};
use super::guard;
use super::job::{Job, PdfOutcome};
use super::making;
use super::session::{Edition, Session};
use super::site::Site;
use super::{assets, checklist};
use crate::export::Kind;

/// Most bytes of a request's body.
const MAX_BODY: usize = 4 << 10;

/// All addresses.
pub(super) fn router(site: Arc<Site>) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/events", get(list_events))
        .route("/assets/{name}", get(asset))
        .route("/reports/{id}/", get(report))
        .route("/reports/{id}/events", get(report_events))
        .route("/reports/{id}/state", get(state))
        .route("/reports/{id}/pages/{page}", get(page))
        .route("/reports/{id}/source", get(source))
        .route("/reports/{id}/checklist", get(check_list))
        .route("/reports/{id}/pdf", post(make_pdf))
        .route("/reports/{id}/save", post(save_draft))
        .route("/reports/{id}/pdf/{edition}", get(pdf))
        .route("/reports/{id}/files", post(make_files))
        .route("/reports/{id}/content", post(make_content))
        .fallback(|| async { Missing })
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn_with_state(site.clone(), guard::guard))
        .with_state(site)
}

type Shared = State<Arc<Site>>;

/// There is nothing under this address.
struct Missing;

impl IntoResponse for Missing {
    fn into_response(self) -> Response {
        (StatusCode::NOT_FOUND, "没有这个页面").into_response()
    }
}

fn html(text: impl Into<String>) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], text.into()).into_response()
}

async fn home(State(site): Shared) -> Response {
    if site.is_folder {
        return html(assets::LIST);
    }
    match site.reports.all().first() {
        Some(session) => Redirect::to(&format!("/reports/{}/", session.id)).into_response(),
        None => Missing.into_response(),
    }
}

async fn list_events(State(site): Shared) -> Feed {
    events::of_list(&site)
}

async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    match assets::find(&name) {
        Some(asset) => cached(&headers, &assets::tag(asset), asset.kind, || asset.text.into()),
        None => Missing.into_response(),
    }
}

fn session(site: &Site, id: &str) -> Result<Arc<Session>, Missing> {
    site.reports.get(id).ok_or(Missing)
}

async fn report(State(site): Shared, Path(id): Path<String>) -> Result<Response, Missing> {
    session(&site, &id)?;
    let back = if site.is_folder { "several" } else { "single" };
    Ok(html(assets::REPORT.replace("data-reports=\"\"", &format!("data-reports=\"{back}\""))))
}

async fn report_events(State(site): Shared, Path(id): Path<String>) -> Result<Feed, Missing> {
    Ok(events::of_report(&site, session(&site, &id)?))
}

async fn state(State(site): Shared, Path(id): Path<String>) -> Result<Response, Missing> {
    let snapshot = session(&site, &id)?.snapshot();
    let kind = [(header::CONTENT_TYPE, "application/json")];
    Ok((kind, snapshot.state.to_string()).into_response())
}

#[derive(Deserialize)]
struct Version {
    #[serde(default)]
    v: String,
}

async fn page(
    State(site): Shared,
    Path((id, page)): Path<(String, String)>,
    Query(version): Query<Version>,
    headers: HeaderMap,
) -> Result<Response, Missing> {
    let snapshot = session(&site, &id)?.snapshot();
    let number = page.strip_suffix(".svg").and_then(|number| number.parse().ok());
    let page = number.and_then(|number| snapshot.page(number, &version.v)).ok_or(Missing)?;
    let tag = format!("\"{}\"", page.version);
    let started = Instant::now();
    let mut response = cached(&headers, &tag, "image/svg+xml", || page.svg().to_vec());
    let millis = started.elapsed().as_secs_f64() * 1000.0;
    if let Ok(timing) = HeaderValue::try_from(format!("encode;dur={millis:.2}")) {
        response.headers_mut().insert("server-timing", timing);
    }
    // Opened on its own, a page is a picture and nothing else.
    let policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox";
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    Ok(response)
}

/// An answer that a browser may keep, but asks about each time.
fn cached(
    headers: &HeaderMap,
    tag: &str,
    kind: &'static str,
    body: impl FnOnce() -> Vec<u8>,
) -> Response {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|known| known.split(',').any(|each| each.trim() == tag));
    let head = [
        (header::ETAG, tag.to_owned()),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::CONTENT_TYPE, kind.to_owned()),
    ];
    if is_known {
        return (StatusCode::NOT_MODIFIED, head).into_response();
    }
    (head, body()).into_response()
}

#[derive(Deserialize)]
struct Which {
    #[serde(default)]
    of: String,
}

/// The text of the data file: as it is now, or as the pages on show were set from.
async fn source(
    State(site): Shared,
    Path(id): Path<String>,
    Query(which): Query<Which>,
) -> Result<Response, Missing> {
    let snapshot = session(&site, &id)?.snapshot();
    let shown = snapshot.shown.as_ref().map(|shown| &shown.source);
    let current = snapshot.checked.as_ref().map(|checked| &checked.source);
    let previous = snapshot.checked.as_ref().and_then(|checked| checked.previous.as_ref());
    let source = match which.of.as_str() {
        "pages" => shown.or(current),
        "previous" => previous,
        _ => current.or(shown),
    };
    let source = source.ok_or(Missing)?;
    let body = json!({"revision": snapshot.revision, "name": source.name(), "text": source.text()});
    Ok(Json(body).into_response())
}

async fn check_list(State(site): Shared, Path(id): Path<String>) -> Result<Response, Missing> {
    let session = session(&site, &id)?;
    let snapshot = session.snapshot();
    let checked = snapshot.checked.as_ref().ok_or(Missing)?;
    Ok(html(checklist::render(&session.name, checked, site.deny_warnings)))
}

#[derive(Deserialize)]
struct Wanted {
    draft: bool,
}

async fn make_pdf(
    State(site): Shared,
    Path(id): Path<String>,
    Json(wanted): Json<Wanted>,
) -> Result<Response, Missing> {
    let session = session(&site, &id)?;
    let edition = if wanted.draft { Edition::Draft } else { Edition::Official };
    let (answer, outcome) = oneshot::channel();
    site.ask(Job::Pdf(session.id.clone(), edition, answer));
    let words = match outcome.await {
        Ok(PdfOutcome::Made { path, pages, size }) => json!({
            "made": true, "path": path.to_string_lossy(), "pages": pages, "bytes": size,
            "link": if wanted.draft { "pdf/draft" } else { "pdf/official" },
        }),
        Ok(PdfOutcome::Refused(reasons)) => json!({"made": false, "reasons": reasons}),
        Err(_) => json!({"made": false, "reasons": ["程序正在结束"]}),
    };
    Ok(Json(words).into_response())
}

/// Saves an imported draft as a data file.
async fn save_draft(State(site): Shared, Path(id): Path<String>) -> Result<Response, Missing> {
    session(&site, &id)?;
    let save = site.save.as_ref().ok_or(Missing)?;
    let words = match save.write() {
        Ok(path) => json!({"saved": true, "path": path.to_string_lossy()}),
        Err(reason) => json!({"saved": false, "reason": reason}),
    };
    Ok(Json(words).into_response())
}

#[derive(Deserialize)]
struct WantedFiles {
    kinds: Vec<Kind>,
}

/// Makes other files than the PDF, beside the data file.
async fn make_files(
    site: Shared,
    id: Path<String>,
    Json(wanted): Json<WantedFiles>,
) -> Result<Response, Missing> {
    make_other(site, id, making::Wanted::Files(wanted.kinds)).await
}

/// The content of the report as HTML, for the clipboard.
async fn make_content(site: Shared, id: Path<String>) -> Result<Response, Missing> {
    make_other(site, id, making::Wanted::Content).await
}

async fn make_other(
    State(site): Shared,
    Path(id): Path<String>,
    wanted: making::Wanted,
) -> Result<Response, Missing> {
    let session = session(&site, &id)?;
    let (answer, outcome) = oneshot::channel();
    site.ask(Job::Make(session.id.clone(), wanted, answer));
    let words = match outcome.await {
        Ok(making::Outcome::Made(paths)) => {
            let paths: Vec<_> = paths.iter().map(|path| path.to_string_lossy()).collect();
            json!({"made": true, "paths": paths})
        }
        Ok(making::Outcome::Content(html)) => json!({"made": true, "html": html}),
        Ok(making::Outcome::Refused(reasons)) => json!({"made": false, "reasons": reasons}),
        Err(_) => json!({"made": false, "reasons": ["程序正在结束"]}),
    };
    Ok(Json(words).into_response())
}

/// The PDF that was made last.
async fn pdf(
    State(site): Shared,
    Path((id, edition)): Path<(String, String)>,
) -> Result<Response, Missing> {
    let edition = match edition.as_str() {
        "official" => Edition::Official,
        "draft" => Edition::Draft,
        _ => return Err(Missing),
    };
    let made = session(&site, &id)?.made(edition).ok_or(Missing)?;
    let name = assets::percent_encoded(&made.name);
    let head = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename*=UTF-8''{name}")),
    ];
    Ok((head, made.bytes.to_vec()).into_response())
}
