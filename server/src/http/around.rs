//! What lies around every request: its number, the check that a write comes from our own pages, the
//! headers of a careful house, errors in our words, and one line in the log without a person in it.

use super::AppState;
use crate::error::{Cause, Error, Told};
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::time::Instant;
use uuid::Uuid;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// For every answer. The page policy allows no inline script and no inline style; `wasm-unsafe-eval`
/// compiles WebAssembly and nothing else.
const HEADERS: [(HeaderName, &str); 8] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; \
         manifest-src 'self'; worker-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; \
         frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (HeaderName::from_static("x-robots-tag"), "noindex"),
];

const HSTS: &str = "max-age=31536000; includeSubDomains";

/// Around every request.
pub(super) async fn around(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = Uuid::now_v7().simple().to_string();
    let method = request.method().clone();
    // The route, not the path: a path may name a child by id.
    let route = request.extensions().get::<MatchedPath>().map_or("(page)", MatchedPath::as_str).to_owned();
    let is_api = request.uri().path().starts_with("/api/");

    let mut response = if is_from_our_pages(&method, request.headers()) {
        next.run(request).await
    } else {
        Error::ForeignOrigin.into_response()
    };

    let status = response.status();
    let told = tell(&mut response, is_api, &id);
    add_headers(response.headers_mut(), &state, is_api, &id);
    let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (code, cause) = told.unwrap_or_default();
    let status = status.as_u16();
    if status >= 500 {
        tracing::error!(%id, %method, route, status, ms, code, cause);
    } else if !code.is_empty() {
        tracing::info!(%id, %method, route, status, ms, code, cause);
    } else if is_api {
        tracing::info!(%id, %method, route, status, ms);
    } else {
        // Pages, assets, /healthz: what goes well there is of no interest.
        tracing::debug!(%id, %method, route, status, ms);
    }
    response
}

/// A write that a browser sends from another site carries a cookie of ours, and is refused. Browsers say
/// where a request comes from in Sec-Fetch-Site, older ones in Origin; what says neither is no browser.
fn is_from_our_pages(method: &Method, headers: &HeaderMap) -> bool {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return true;
    }
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    match (text(&HeaderName::from_static("sec-fetch-site")), text(&header::ORIGIN)) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let ours = origin.split_once("://").map(|(_, host)| host);
            ours.is_some() && ours == text(&header::HOST)
        }
        (None, None) => true,
    }
}

/// Lays the request's number into an answer that is an error, and gives those that axum made our words.
/// Returns code and cause for the log.
fn tell(response: &mut Response, is_api: bool, id: &str) -> Option<(String, String)> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    let ours = response.extensions_mut().remove::<Told>();
    let cause = response.extensions_mut().remove::<Cause>().map(|Cause(text)| text).unwrap_or_default();
    if ours.is_none() && !is_api {
        return Some((status.as_str().into(), cause));
    }
    let mut told = ours.unwrap_or_else(|| Told::of_status(status));
    told.request_id = id.into();
    let code = told.code.clone();
    let body = serde_json::to_vec(&told).unwrap_or_default();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.remove(header::CONTENT_ENCODING);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *response.body_mut() = Body::from(body);
    Some((code, cause))
}

fn add_headers(headers: &mut HeaderMap, state: &AppState, is_api: bool, id: &str) {
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if state.reached.tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
    if is_api || !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
}

/// A fault of ours inside a handler. What it says stays in the process' own panic message.
pub(super) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    let told = Told::of_status(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response.extensions_mut().insert(told);
    response.extensions_mut().insert(Cause("panic".into()));
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::reading("GET", &[("sec-fetch-site", "cross-site")], true)]
    #[case::our_page("POST", &[("sec-fetch-site", "same-origin")], true)]
    #[case::typed_by_the_person("POST", &[("sec-fetch-site", "none")], true)]
    #[case::another_site("POST", &[("sec-fetch-site", "cross-site")], false)]
    #[case::a_neighbour("DELETE", &[("sec-fetch-site", "same-site")], false)]
    #[case::older_browser("POST", &[("origin", "https://qm.example"), ("host", "qm.example")], true)]
    #[case::older_browser_elsewhere("POST", &[("origin", "https://evil.example"), ("host", "qm.example")], false)]
    #[case::another_port("POST", &[("origin", "http://qm.example:81"), ("host", "qm.example")], false)]
    #[case::hidden_origin("POST", &[("origin", "null"), ("host", "qm.example")], false)]
    #[case::no_browser("POST", &[("host", "qm.example")], true)]
    fn writes_come_from_our_pages(
        #[case] method: &str,
        #[case] headers: &[(&'static str, &'static str)],
        #[case] expect: bool,
    ) {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        assert_eq!(is_from_our_pages(&method.parse().unwrap(), &headers), expect);
    }
}
