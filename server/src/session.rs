//! Who asks: a session per person and device, found by the token in a cookie.

use crate::error::{Error, Result};
use crate::http::AppState;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::actor::Actor;

/// The person behind a request, signed in and with a password of their own.
#[derive(Clone, Debug)]
pub struct SignedIn(pub Actor);

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(_parts: &mut Parts, _state: &AppState) -> Result<Self> {
        Err(Error::SessionExpired)
    }
}
