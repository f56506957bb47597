//! Somebody with a browser: keeps a cookie, sends JSON, sees status, headers and body.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request};
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// A browser.
#[derive(Clone)]
pub struct Client {
    router: Router,
    /// `name=value`, as the server set it.
    pub cookie: Option<String>,
    /// Sent along with every request.
    pub headers: Vec<(&'static str, String)>,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.status, self.text())
    }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {self}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The code of an error.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Client {
    pub fn new(router: Router) -> Self {
        Self { router, cookie: None, headers: Vec::new() }
    }

    pub async fn send(&mut self, method: Method, path: &str, body: Option<Vec<u8>>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        if body.is_some() && !self.headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let request = request.body(body.map(Body::from).unwrap_or_default()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        if let Some(set) = response.headers().get(SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
            self.cookie = Some(pair).filter(|pair| !pair.ends_with('='));
        }
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: to_bytes(response.into_body(), usize::MAX).await.unwrap(),
        }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body.to_string().into_bytes())).await
    }

    pub async fn delete(&mut self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    pub async fn sign_in(&mut self, phone: &str, password: &str) -> Answer {
        self.post("/api/v1/session", json!({"phone": phone, "password": password})).await
    }

    /// At a desk, whose session is not the phone's.
    pub async fn sit_down(&mut self, phone: &str, password: &str) -> Answer {
        self.post("/api/v1/desk/session", json!({"phone": phone, "password": password})).await
    }
}
