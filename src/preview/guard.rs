//! Who may ask: only pages of this server, in a browser of this machine.
//!
//! The server listens on the loopback interface, which every web page in the browser can reach. So the name it is
//! called by must be a loopback name (else a page could have its own name point here), requests that say where they
//! come from must come from here, and whatever changes something carries a token that only our pages know.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::site::Site;

/// The header that carries the token.
pub(super) const TOKEN_HEADER: &str = "x-nianbao-token";

/// What pages may load: from this server, and nothing written into the page itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; manifest-src 'none'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Lets a request through, or refuses it; puts the security headers on every answer.
pub(super) async fn guard(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let mut response = match refusal(&site, request.method(), request.headers()) {
        None => next.run(request).await,
        Some((status, reason)) => (status, reason).into_response(),
    };
    protect(response.headers_mut());
    response
}

fn refusal(
    site: &Site,
    method: &Method,
    headers: &HeaderMap,
) -> Option<(StatusCode, &'static str)> {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if headers.get_all(header::HOST).iter().count() > 1 {
        return Some((StatusCode::BAD_REQUEST, "请求有多个 Host"));
    }
    let Some(host) = text(&header::HOST) else {
        return Some((StatusCode::BAD_REQUEST, "请求没有 Host"));
    };
    if !site.is_own_host(host) {
        return Some((StatusCode::MISDIRECTED_REQUEST, "请用启动时显示的地址访问预览"));
    }
    if let Some(origin) = text(&header::ORIGIN)
        && origin.strip_prefix("http://") != Some(host)
    {
        return Some((StatusCode::FORBIDDEN, "不接受其他网页的请求"));
    }
    if let Some(site) = headers.get("sec-fetch-site")
        && !["same-origin", "none"].iter().any(|known| site == known)
    {
        return Some((StatusCode::FORBIDDEN, "不接受其他网页的请求"));
    }
    match *method {
        Method::GET | Method::HEAD => None,
        Method::POST if headers.get(TOKEN_HEADER).is_some_and(|token| site.is_token(token)) => None,
        Method::POST => Some((StatusCode::FORBIDDEN, "请求没有带本页面的令牌，请刷新页面")),
        _ => Some((StatusCode::METHOD_NOT_ALLOWED, "不支持这种请求")),
    }
}

fn protect(headers: &mut HeaderMap) {
    let all = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        ),
    ];
    for (name, value) in all {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let policy = || HeaderValue::from_static(POLICY);
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert_with(policy);
    let cache = || HeaderValue::from_static("no-store");
    headers.entry(header::CACHE_CONTROL).or_insert_with(cache);
}
