//! The built site: hashed files that never change, files that keep their names, and the one shell that
//! answers every page path. Holds nothing of any person.

use crate::error::{Error, Result};
use crate::http::AppState;
use app::assets::Assets;
use app::shell::{Bundle, shell};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::path::{Path, PathBuf};
use tower::ServiceBuilder;
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;

const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Kept, but asked about at every use.
const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");

/// The site as it was built.
#[derive(Debug)]
pub struct Site {
    folder: PathBuf,
    phone: Page,
    desk: Page,
    answer: Option<Page>,
}

/// A page, rendered once: it is the same for everybody.
#[derive(Debug)]
struct Page {
    html: String,
    etag: HeaderValue,
}

impl Site {
    /// Reads `assets.json` of a built site and renders its pages.
    ///
    /// # Errors
    /// There is no site in the folder.
    pub fn load(folder: &Path) -> Result<Self> {
        let list = folder.join("assets.json");
        let absent = |why: String| {
            Error::Internal(format!(
                "no site in {} ({why}): build it with `cargo xtask site`",
                folder.display()
            ))
        };
        let text = std::fs::read_to_string(&list).map_err(|e| absent(e.to_string()))?;
        let assets: Assets = serde_json::from_str(&text).map_err(|e| absent(e.to_string()))?;
        let page = |html| Page { html, etag: etag(assets.build()) };
        Ok(Self {
            phone: page(shell(&assets, Bundle::Phone)),
            desk: page(shell(&assets, Bundle::Desk)),
            answer: std::fs::read_to_string(folder.join("answer.html")).ok().map(page),
            folder: folder.to_owned(),
        })
    }
}

fn etag(build: &str) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{build}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// The site's files and pages.
pub fn router(site: &Site) -> Router<AppState> {
    let files = |below: &str| ServeDir::new(site.folder.join(below)).precompressed_br().precompressed_gzip();
    let file = |name: &str| ServeFile::new(site.folder.join(name)).precompressed_br().precompressed_gzip();
    let kept =
        |value| ServiceBuilder::new().layer(SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, value));
    Router::new()
        .nest("/assets", Router::new().fallback_service(files("assets")).layer(map_response(forever)))
        .nest_service("/icons", kept(NO_CACHE).service(files("icons")))
        .route_service("/sw.js", kept(NO_CACHE).service(file("sw.js")))
        .route_service("/manifest.webmanifest", kept(NO_CACHE).service(file("manifest.webmanifest")))
        .route("/q", get(answer))
        .route("/v/{village}", get(answer))
        .route("/desk", get(desk))
        .route("/desk/{*page}", get(desk))
        .fallback(phone)
}

/// A name with a hash in it never changes its content; an absent one may come with the next build.
async fn forever(mut response: Response) -> Response {
    if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
        response.headers_mut().insert(header::CACHE_CONTROL, IMMUTABLE);
    }
    response
}

async fn phone(State(state): State<AppState>, request: Request) -> Response {
    let path = request.uri().path();
    // A page has no extension; what has one is a file that is not there.
    let is_page = !path.rsplit('/').next().unwrap_or_default().contains('.') && !path.starts_with("/api/");
    match *request.method() {
        Method::GET | Method::HEAD if is_page => state.site.phone.answer(&request),
        _ => Error::NotFound.into_response(),
    }
}

async fn desk(State(state): State<AppState>, request: Request) -> Response {
    state.site.desk.answer(&request)
}

async fn answer(State(state): State<AppState>, request: Request) -> Response {
    match &state.site.answer {
        Some(page) => page.answer(&request),
        None => Error::NotFound.into_response(),
    }
}

impl Page {
    fn answer(&self, request: &Request) -> Response {
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            (header::CACHE_CONTROL, NO_CACHE),
            (header::ETAG, self.etag.clone()),
        ];
        if request.headers().get(header::IF_NONE_MATCH) == Some(&self.etag) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        (headers, self.html.clone()).into_response()
    }
}
