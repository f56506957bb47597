//! Calls to the school's server, and what came of them. Everything is under `/api/v1`.

use gloo_net::http::{Method, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Longer than a slow EDGE answer, shorter than a person's patience.
const TIMEOUT_MS: u32 = 30_000;

/// What the server says went wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Told {
    /// Stable, upper snake.
    #[serde(default)]
    pub code: String,
    /// A sentence for the person.
    #[serde(default)]
    pub message: String,
    /// To be read out to whoever looks into the log.
    #[serde(default)]
    pub request_id: String,
}

/// Why there is no answer to work with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiError {
    /// Nobody answered: no signal, or the way there is cut.
    NoSignal,
    /// The answer is that it cannot be.
    Told {
        /// HTTP status.
        status: u16,
        /// What it says.
        told: Told,
    },
    /// An answer of a shape this app does not know.
    Unreadable,
}

impl ApiError {
    /// The sign-in on this phone, or the account, was taken away.
    pub fn is_revoked(&self) -> bool {
        matches!(self, Self::Told { told, .. } if told.code == "REVOKED")
    }

    /// Nobody is signed in any more.
    pub fn is_signed_out(&self) -> bool {
        matches!(self, Self::Told { status: 401, .. })
            || matches!(self, Self::Told { told, .. } if told.code == "PASSWORD_MUST_CHANGE")
    }
}

/// Asks.
///
/// # Errors
/// See [`ApiError`].
pub async fn get<T: DeserializeOwned>(path: &str) -> Result<T, ApiError> {
    read(&send(Method::GET, path, None, None).await?)
}

/// Sends something and reads the answer.
///
/// # Errors
/// See [`ApiError`].
pub async fn post<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, ApiError> {
    let body = serde_json::to_string(body).map_err(|_| ApiError::Unreadable)?;
    read(&send(Method::POST, path, Some(body), None).await?)
}

/// An answer whose head has come. What follows the head may still be on its way.
#[derive(Debug)]
pub struct Answering(Response);

impl Answering {
    /// A header of it, read as JSON.
    pub fn header<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_str(&self.0.headers().get(name)?).ok()
    }

    /// The whole of it.
    ///
    /// # Errors
    /// It did not arrive whole, or says that it cannot be.
    pub async fn body(self) -> Result<Vec<u8>, ApiError> {
        let body = self.0.binary().await.map_err(|_| ApiError::NoSignal)?;
        match self.0.status() {
            200..=299 => Ok(body),
            status => Err(ApiError::Told { status, told: serde_json::from_slice(&body).unwrap_or_default() }),
        }
    }
}

/// Sends something to which there is nothing to answer.
///
/// # Errors
/// See [`ApiError`].
pub async fn tell(method: Method, path: &str, body: Option<String>) -> Result<(), ApiError> {
    send(method, path, body, None).await.map(drop)
}

/// Reads an answer.
///
/// # Errors
/// It has another shape.
pub fn read<T: DeserializeOwned>(answer: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(answer).map_err(|_| ApiError::Unreadable)
}

async fn send(
    method: Method,
    path: &str,
    body: Option<String>,
    user: Option<&str>,
) -> Result<Vec<u8>, ApiError> {
    begin(method, path, body, user).await?.body().await
}

/// One request. `user` is who it must be signed in as: on a shared phone another person may have
/// signed in meanwhile, and nobody's work goes out under another's name.
///
/// # Errors
/// See [`ApiError`].
pub async fn begin(
    method: Method,
    path: &str,
    body: Option<String>,
    user: Option<&str>,
) -> Result<Answering, ApiError> {
    let signal = web_sys::AbortSignal::timeout_with_u32(TIMEOUT_MS);
    let mut request =
        RequestBuilder::new(&format!("/api/v1{path}")).method(method).abort_signal(Some(&signal));
    if let Some(user) = user {
        request = request.header("x-qiaomen-user", user);
    }
    let request = match body {
        Some(body) => request.header("content-type", "application/json").body(body),
        None => request.build(),
    };
    let answer = request.map_err(|_| ApiError::Unreadable)?.send().await.map_err(|_| ApiError::NoSignal)?;
    Ok(Answering(answer))
}

/// What day it is at the school; nothing without signal.
pub async fn server_date() -> Option<chrono::DateTime<chrono::Utc>> {
    let answer = RequestBuilder::new("/healthz").method(Method::GET).build().ok()?.send().await.ok()?;
    let date = answer.headers().get("date")?;
    // The browser reads the format of headers; a second reader of it would only weigh.
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of any date fit")]
    chrono::DateTime::from_timestamp_millis(js_sys::Date::parse(&date) as i64)
}

/// A file of the site, also without signal.
pub async fn asset(address: &str) -> Option<String> {
    let answer = RequestBuilder::new(address).method(Method::GET).build().ok()?.send().await.ok()?;
    if answer.ok() { answer.text().await.ok() } else { None }
}
