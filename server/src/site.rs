//! The built site: hashed files that never change, files that keep their names, and the one shell that
//! answers every page path. Holds nothing of any person.

use crate::error::{Error, Result};
use crate::http::AppState;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::collections::BTreeMap;
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
        let assets: BTreeMap<String, String> =
            serde_json::from_str(&text).map_err(|e| absent(e.to_string()))?;
        let build = assets.get("build").cloned().unwrap_or_default();
        let page = |html| Page { html, etag: etag(&build) };
        Ok(Self {
            phone: page(shell(&assets, "phone", true)),
            desk: page(shell(&assets, "desk", false)),
            answer: std::fs::read_to_string(folder.join("answer.html")).ok().map(page),
            folder: folder.to_owned(),
        })
    }
}

fn etag(build: &str) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{build}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// A page with `{name}` replaced by the address of that asset.
fn named(html: String, assets: &BTreeMap<String, String>) -> String {
    assets.iter().fold(html, |html, (name, address)| html.replace(&format!("{{{name}}}"), address))
}

/// What `public/boot.js` asks of a shell.
fn shell(assets: &BTreeMap<String, String>, bundle: &str, offline: bool) -> String {
    let style = if bundle == "desk" && assets.contains_key("desk.css") { "{desk.css}" } else { "{app.css}" };
    let html = format!(
        "<!DOCTYPE html><html lang=\"zh-CN\" dir=\"ltr\"><head><meta charset=\"utf-8\">\
         <title>敲门</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">\
         <meta name=\"theme-color\" content=\"#EDEDED\">\
         <script src=\"{{theme.js}}\"></script>\
         <link rel=\"stylesheet\" href=\"{style}\">\
         <link rel=\"manifest\" href=\"/manifest.webmanifest\">\
         <link rel=\"icon\" href=\"/icons/icon.svg\">\
         <link rel=\"apple-touch-icon\" href=\"/icons/apple-touch-icon.png\">\
         <link rel=\"modulepreload\" href=\"{{{bundle}.js}}\">\
         <link rel=\"preload\" href=\"{{{bundle}.wasm}}\" as=\"fetch\" type=\"application/wasm\" crossorigin>\
         <script type=\"module\" id=\"boot\" src=\"{{boot.js}}\" data-build=\"{{build}}\" \
         data-js=\"{{{bundle}.js}}\" data-wasm=\"{{{bundle}.wasm}}\" \
         data-scan-js=\"{{scan.js}}\" data-scan-wasm=\"{{scan.wasm}}\"{offline}></script>\
         </head><body><div id=\"splash\">敲门</div>\
         <p id=\"boot-failed\" hidden>打不开。请换一个浏览器，或者关掉再打开。</p>\
         <noscript>请在浏览器里允许 JavaScript。</noscript></body></html>",
        offline = if offline { " data-offline" } else { "" },
    );
    named(html, assets)
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
