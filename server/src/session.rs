//! Who asks: a session per person and device, found by the token in a cookie. The token is 32 random
//! bytes behind the county they belong to; the database knows only their hash.
//!
//! Phone and desk have sessions apart, each in its own cookie: a phone's lasts for months and relies on the
//! unlock code in front of it, which `/desk` in the same browser would walk around.

use crate::database::{Transaction, now_oneself};
use crate::error::{Error, Result};
use crate::http::{AppState, IsHttps};
use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::HeaderValue;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use domain::actor::{Actor, Grant};
use domain::base64url;
use domain::ids::{CountyId, UserId};
use sha2::{Digest as _, Sha256};
use sqlx::types::Json;
use std::convert::Infallible;
use uuid::Uuid;

/// What a desk asks, and with it the way in and out of one.
const DESK: &str = "/api/v1/desk/";
/// Seconds after a password was typed within which it opens what only a password opens.
const FRESH_S: i64 = 600;

/// Where a session is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On somebody's phone, behind its unlock code.
    Phone,
    /// At a computer that others may sit down at.
    Desk,
}

impl Place {
    /// Where a request comes from, by its address.
    pub fn of(parts: &Parts) -> Self {
        // Routers cut off what they are nested under.
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
        if uri.path().starts_with(DESK) { Self::Desk } else { Self::Phone }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::Phone => "PHONE",
            Self::Desk => "DESK",
        }
    }

    /// Hours after which a session ends, used or not (ASVS 7.3.2). Half a year on a phone, so that nobody
    /// is asked at a door; a working day at a desk.
    const fn longest_hours(self) -> i32 {
        match self {
            Self::Phone => 180 * 24,
            Self::Desk => 12,
        }
    }

    /// Hours without use after which it ends (ASVS 7.3.1).
    const fn idle_hours(self) -> i32 {
        match self {
            Self::Phone => 45 * 24,
            Self::Desk => 1,
        }
    }

    /// The cookie's name. With the prefix, browsers take it over https alone, and from no neighbouring host.
    const fn cookie(self, https: IsHttps) -> &'static str {
        match (self, https.0) {
            (Self::Phone, true) => "__Host-qm",
            (Self::Phone, false) => "qm",
            (Self::Desk, true) => "__Host-qm-desk",
            (Self::Desk, false) => "qm-desk",
        }
    }
}

impl FromRequestParts<AppState> for Place {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

/// The person behind a request, signed in and with a password of their own.
#[derive(Clone, Debug)]
pub struct SignedIn(pub Actor);

/// A session, also one that is only good for choosing a password.
#[derive(Clone, Debug)]
pub struct Session {
    /// The person.
    pub actor: Actor,
    /// Names the session in lists; opens nothing.
    pub id: Uuid,
    /// The device it is on.
    pub device: Uuid,
    /// Signed in with a one-time password.
    pub must_change: bool,
    /// When the password was typed.
    pub created_at: DateTime<Utc>,
}

/// What the cookie carries.
#[derive(Clone, Copy)]
pub struct Token {
    county: CountyId,
    random: [u8; 32],
}

impl Token {
    /// A new one.
    pub fn new(county: CountyId) -> Self {
        Self { county, random: rand::random() }
    }

    fn parse(text: &str) -> Option<Self> {
        let (county, random) = text.split_once('.')?;
        Some(Self {
            county: CountyId(Uuid::try_parse(county).ok()?),
            random: base64url::decode(random)?.try_into().ok()?,
        })
    }

    /// What the database keeps of it.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.random).into()
    }

    /// The cookie that carries it: no script reads it, no other site's page sends it.
    ///
    /// # Errors
    /// None: it is plain ASCII.
    pub fn cookie(&self, place: Place, https: IsHttps) -> Result<HeaderValue> {
        let secure = if https.0 { "; Secure" } else { "" };
        let (name, max_age_s) = (place.cookie(https), i64::from(place.longest_hours()) * 3600);
        let value = format!("{}.{}", self.county.0.simple(), base64url::encode(&self.random));
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age_s}{secure}");
        HeaderValue::from_str(&text).map_err(|_| Error::Internal("a cookie that is no header".into()))
    }
}

fn token(parts: &Parts, place: Place, https: IsHttps) -> Option<Token> {
    let cookies = parts.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(cookie, _)| *cookie == place.cookie(https))
        .and_then(|(_, value)| Token::parse(value))
}

impl FromRequestParts<AppState> for Session {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        let https = IsHttps::of(parts, state);
        let place = Place::of(parts);
        let token = token(parts, place, https).ok_or(Error::SessionExpired)?;
        let tx = state.database.bearer(token.county, &token.hash()).await?;
        let session = find(tx, token, place).await?;
        // On a shared phone somebody else may have signed in meanwhile, and nobody's work goes out
        // under another's name.
        let meant = parts.headers.get("x-qiaomen-user");
        if meant.is_some_and(|meant| meant != session.actor.user.to_string().as_str()) {
            return Err(Error::SessionExpired);
        }
        Ok(session)
    }
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        let session = Session::from_request_parts(parts, state).await?;
        if session.must_change {
            return Err(Error::PasswordMustChange);
        }
        Ok(Self(session.actor))
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    account: Uuid,
    device: Uuid,
    created_at: DateTime<Utc>,
    over: bool,
    taken_away: bool,
    seen_lately: bool,
    name: String,
    phone: String,
    must_change: bool,
    grants: Json<Vec<Grant>>,
}

/// The session of a token, in a bearer's transaction. Once it was taken away, the database shows nothing of
/// whose it was.
async fn find(mut tx: Transaction, token: Token, place: Place) -> Result<Session> {
    let row: Row = sqlx::query_as(
        "SELECT s.id, s.account, s.device, s.created_at,
           s.expires_at <= now() OR s.seen_at <= now() - make_interval(hours => $4) AS over,
           a.id IS NULL OR a.disabled_at IS NOT NULL AS taken_away,
           s.seen_at > now() - interval '5 minutes' AS seen_lately,
           coalesce(a.name, '') AS name, coalesce(a.phone, '') AS phone,
           a.one_time_until IS NOT NULL AS must_change,
           coalesce((SELECT grants FROM held WHERE held.county = s.county AND held.user_id = s.account), '[]')
             AS grants
         FROM session s LEFT JOIN account a ON a.county = s.county AND a.id = s.account
         WHERE s.county = $1 AND s.token_hash = $2 AND s.place = $3",
    )
    .bind(token.county.0)
    .bind(token.hash().as_slice())
    .bind(place.code())
    .bind(place.idle_hours())
    .fetch_optional(&mut *tx)
    .await?
    .ok_or(Error::SessionExpired)?;
    if row.taken_away {
        return Err(Error::Revoked);
    }
    if row.over {
        return Err(Error::SessionExpired);
    }
    let (county, user) = (token.county, UserId(row.account));
    if !row.seen_lately {
        now_oneself(&mut tx, county, user).await?;
        see(&mut tx, token).await?;
        tx.commit().await?;
    }
    let Row { id, device, created_at, name, phone, must_change, grants: Json(grants), .. } = row;
    let actor = Actor { user, county, name, phone, grants };
    Ok(Session { actor, id, device, must_change, created_at })
}

async fn see(tx: &mut Transaction, token: Token) -> Result<()> {
    sqlx::query("UPDATE session SET seen_at = now() WHERE county = $1 AND token_hash = $2")
        .bind(token.county.0)
        .bind(token.hash().as_slice())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Begins a session, in a transaction of the person's own.
///
/// # Errors
/// The database does not answer.
pub async fn begin(
    tx: &mut Transaction,
    county: CountyId,
    user: UserId,
    place: Place,
    device: Uuid,
    label: &str,
) -> Result<Token> {
    let token = Token::new(county);
    sqlx::query(
        "INSERT INTO session (county, token_hash, id, account, device, label, expires_at, place)
         VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(hours => $7), $8)",
    )
    .bind(county.0)
    .bind(token.hash().as_slice())
    .bind(Uuid::new_v4())
    .bind(user.0)
    .bind(device)
    .bind(label.chars().take(80).collect::<String>())
    .bind(place.longest_hours())
    .bind(place.code())
    .execute(&mut **tx)
    .await?;
    Ok(token)
}

impl Session {
    /// Whether the password was typed a moment ago.
    pub fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        (now - self.created_at).num_seconds() < FRESH_S
    }
}
