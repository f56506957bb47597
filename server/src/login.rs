//! Signing in and out, one's own password and devices, and the key that opens a phone's store again
//! when its unlock code was forgotten.

use crate::database::now_oneself;
use crate::error::{Error, Result};
use crate::http::{Address, AppState, IsHttps, Json};
use crate::session::{self, Place, Session};
use crate::throttle::{Limit, SIGN_IN_ACCOUNT, SIGN_IN_ADDRESS, SIGN_IN_DEVICE};
use crate::{directory, password};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::routing::{delete, get, post};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::base64url;
use domain::ids::{CountyId, UserId};
use domain::problem::Problem;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// `/session`, `/password`, `/devices`, `/vault`.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/session", post(sign_in).get(whoami).delete(sign_out))
        .route("/password", post(change_password))
        .route("/devices", get(devices))
        .route("/devices/{id}", delete(revoke))
        .route("/vault", get(vault))
}

/// `/session` and `/password` for a desk, whose sessions are apart from the phone's.
pub fn desk_router() -> Router<AppState> {
    Router::new()
        .route("/session", post(sign_in).get(whoami).delete(sign_out))
        .route("/password", post(change_password))
}

/// What a person types to sign in, and the device they do it on.
#[derive(Deserialize)]
struct SignIn {
    phone: String,
    password: String,
    #[serde(default)]
    device: Device,
}

/// A device as it names itself: an id it made once and keeps, and what a person calls it.
#[derive(Deserialize)]
struct Device {
    #[serde(default = "Uuid::new_v4")]
    id: Uuid,
    #[serde(default)]
    label: String,
}

impl Default for Device {
    fn default() -> Self {
        Self { id: Uuid::new_v4(), label: String::new() }
    }
}

#[derive(Serialize)]
struct Welcome {
    #[serde(flatten)]
    who: WhoAmI,
    /// 32 bytes, base64url: wraps the data key of this person's store on this device. Always the same
    /// for the two, and given out only after a password. A desk keeps nothing that it could open.
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery_key: Option<String>,
}

#[derive(Serialize)]
struct WhoAmI {
    actor: Actor,
    must_change_password: bool,
}

type WithCookie<T> = ([(HeaderName, HeaderValue); 1], T);

#[derive(sqlx::FromRow)]
struct Login {
    county: Uuid,
    account: Uuid,
}

#[derive(sqlx::FromRow)]
struct Stored {
    password_hash: Option<String>,
    one_time_expired: bool,
}

async fn sign_in(
    State(state): State<AppState>,
    Address(address): Address,
    https: IsHttps,
    place: Place,
    Json(typed): Json<SignIn>,
) -> Result<WithCookie<axum::Json<Welcome>>> {
    let phone = domain::phone::parse(&typed.phone).map_err(Error::Problem)?;
    let Device { id: device, label } = typed.device;
    let address_key = SIGN_IN_ADDRESS.key(&state.secret, &address.to_string());

    // Counted and committed first; no transaction is open while the password is hashed.
    let mut tx = state.database.login().await?;
    SIGN_IN_ADDRESS.count(&mut tx, &address_key).await?;
    let login: Option<Login> = sqlx::query_as("SELECT county, account FROM account_login WHERE phone = $1")
        .bind(&phone)
        .fetch_optional(&mut *tx)
        .await?;
    // The same questions for nobody, so that the time tells nothing either.
    let login = login.unwrap_or(Login { county: Uuid::nil(), account: Uuid::nil() });
    let (county, user) = (CountyId(login.county), UserId(login.account));
    now_oneself(&mut tx, county, user).await?;
    let (limit, key) = tries(&state, &mut tx, county, user, &phone, device).await?;
    limit.count(&mut tx, &key).await?;
    let stored = stored(&mut tx, county, user).await?;
    tx.commit().await?;

    let one_time_expired = stored.as_ref().is_some_and(|s| s.one_time_expired);
    if !password::fits(typed.password, stored.and_then(|s| s.password_hash)).await? {
        return Err(Error::WrongPassword);
    }
    if one_time_expired {
        return Err(Error::Problem(Problem::at("password", "ONE_TIME_EXPIRED")));
    }

    let mut tx = state.database.oneself(county, user).await?;
    let known = directory::oneself(&mut tx, county, user).await?.ok_or(Error::WrongPassword)?;
    limit.clear(&mut tx, &key).await?;
    SIGN_IN_ADDRESS.forgive(&mut tx, &address_key).await?;
    let token = session::begin(&mut tx, county, user, place, device, label.trim()).await?;
    let recovery_key = match place {
        Place::Phone => Some(recovery_key(&state, &mut tx, county, user, device).await?),
        Place::Desk => None,
    };
    tx.commit().await?;
    tracing::info!(user = %user, "signed in");
    let who = WhoAmI { actor: known.actor, must_change_password: known.must_change };
    Ok(([(SET_COOKIE, token.cookie(place, https)?)], axum::Json(Welcome { who, recovery_key })))
}

/// What counts this try: the account's own limit, or that of a phone it was signed in on before.
async fn tries(
    state: &AppState,
    tx: &mut crate::database::Transaction,
    county: CountyId,
    user: UserId,
    phone: &str,
    device: Uuid,
) -> Result<(Limit, [u8; 32])> {
    let is_known: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM vault WHERE county = $1 AND account = $2 AND device = $3)",
    )
    .bind(county.0)
    .bind(user.0)
    .bind(device)
    .fetch_one(&mut **tx)
    .await?;
    Ok(if is_known {
        (SIGN_IN_DEVICE, SIGN_IN_DEVICE.key(&state.secret, &format!("{phone}/{device}")))
    } else {
        (SIGN_IN_ACCOUNT, SIGN_IN_ACCOUNT.key(&state.secret, phone))
    })
}

async fn stored(
    tx: &mut crate::database::Transaction,
    county: CountyId,
    user: UserId,
) -> Result<Option<Stored>> {
    Ok(sqlx::query_as(
        "SELECT password_hash, coalesce(one_time_until < now(), false) AS one_time_expired
         FROM account WHERE county = $1 AND id = $2 AND disabled_at IS NULL",
    )
    .bind(county.0)
    .bind(user.0)
    .fetch_optional(&mut **tx)
    .await?)
}

async fn whoami(session: Session) -> axum::Json<WhoAmI> {
    axum::Json(WhoAmI { actor: session.actor, must_change_password: session.must_change })
}

/// The cookie stays where it is: it opens nothing any more, and an answer that comes late must not take the
/// next person's from them.
async fn sign_out(State(state): State<AppState>, session: Session) -> Result<StatusCode> {
    let mut tx = state.database.oneself(session.actor.county, session.actor.user).await?;
    // Over, not taken away: a phone that comes back with it is asked for the password, and nothing more.
    sqlx::query("UPDATE session SET expires_at = now() WHERE county = $1 AND account = $2 AND id = $3")
        .bind(session.actor.county.0)
        .bind(session.actor.user.0)
        .bind(session.id)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct ChangePassword {
    current: String,
    new: String,
    /// Ends all other sessions too (ASVS 7.4.3).
    #[serde(default)]
    sign_out_others: bool,
}

async fn change_password(
    State(state): State<AppState>,
    session: Session,
    Json(typed): Json<ChangePassword>,
) -> Result<StatusCode> {
    let Actor { county, user, phone, .. } = &session.actor;
    password::check(&typed.new, phone).map_err(Error::Problem)?;
    if typed.new == typed.current {
        return Err(Error::Problem(Problem::at("new", "PASSWORD_SAME")));
    }
    let mut tx = state.database.oneself(*county, *user).await?;
    let (limit, key) = tries(&state, &mut tx, *county, *user, phone, session.device).await?;
    limit.count(&mut tx, &key).await?;
    let stored = stored(&mut tx, *county, *user).await?;
    tx.commit().await?;

    if !password::fits(typed.current, stored.and_then(|s| s.password_hash)).await? {
        return Err(Error::Problem(Problem::at("current", "PASSWORD_WRONG")));
    }
    let hash = password::hash(typed.new).await?;

    let mut tx = state.database.oneself(*county, *user).await?;
    limit.clear(&mut tx, &key).await?;
    sqlx::query("UPDATE account SET password_hash = $3, one_time_until = NULL WHERE county = $1 AND id = $2")
        .bind(county.0)
        .bind(user.0)
        .bind(hash)
        .execute(&mut *tx)
        .await?;
    if typed.sign_out_others {
        sqlx::query(
            "UPDATE session SET revoked_at = now()
             WHERE county = $1 AND account = $2 AND id <> $3 AND revoked_at IS NULL",
        )
        .bind(county.0)
        .bind(user.0)
        .bind(session.id)
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await?;
    tracing::info!(%user, "password changed");
    Ok(StatusCode::NO_CONTENT)
}

/// A session as its person sees it.
#[derive(Serialize, sqlx::FromRow)]
struct SignedInDevice {
    id: Uuid,
    label: String,
    created_at: DateTime<Utc>,
    seen_at: DateTime<Utc>,
    /// The one that asks.
    current: bool,
}

async fn devices(State(state): State<AppState>, session: Session) -> Result<axum::Json<Vec<SignedInDevice>>> {
    let mut tx = state.database.oneself(session.actor.county, session.actor.user).await?;
    let devices = sqlx::query_as(
        "SELECT id, label, created_at, seen_at, id = $3 AS current FROM session
         WHERE county = $1 AND account = $2 AND revoked_at IS NULL AND expires_at > now()
         ORDER BY seen_at DESC",
    )
    .bind(session.actor.county.0)
    .bind(session.actor.user.0)
    .bind(session.id)
    .fetch_all(&mut *tx)
    .await?;
    Ok(axum::Json(devices))
}

async fn revoke(State(state): State<AppState>, session: Session, Path(id): Path<Uuid>) -> Result<StatusCode> {
    let mut tx = state.database.oneself(session.actor.county, session.actor.user).await?;
    let ended = sqlx::query(
        "UPDATE session SET revoked_at = now()
         WHERE county = $1 AND account = $2 AND id = $3 AND revoked_at IS NULL",
    )
    .bind(session.actor.county.0)
    .bind(session.actor.user.0)
    .bind(id)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    if ended.rows_affected() > 0 { Ok(StatusCode::NO_CONTENT) } else { Err(Error::NotFound) }
}

#[derive(Serialize)]
struct Vault {
    recovery_key: String,
}

async fn vault(State(state): State<AppState>, session: Session) -> Result<axum::Json<Vault>> {
    if !session.is_fresh(Utc::now()) {
        return Err(Error::PasswordNeeded);
    }
    let Actor { county, user, .. } = session.actor;
    let mut tx = state.database.oneself(county, user).await?;
    let recovery_key = recovery_key(&state, &mut tx, county, user, session.device).await?;
    tx.commit().await?;
    Ok(axum::Json(Vault { recovery_key }))
}

/// Follows from the server's secret and a salt in the database: a copy of either alone opens nothing.
async fn recovery_key(
    state: &AppState,
    tx: &mut crate::database::Transaction,
    county: CountyId,
    user: UserId,
    device: Uuid,
) -> Result<String> {
    sqlx::query(
        "INSERT INTO vault (county, account, device, salt) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    )
    .bind(county.0)
    .bind(user.0)
    .bind(device)
    .bind(rand::random::<[u8; 32]>().as_slice())
    .execute(&mut **tx)
    .await?;
    let salt: Vec<u8> =
        sqlx::query_scalar("SELECT salt FROM vault WHERE county = $1 AND account = $2 AND device = $3")
            .bind(county.0)
            .bind(user.0)
            .bind(device)
            .fetch_one(&mut **tx)
            .await?;
    let parts: [&[u8]; 4] = [county.0.as_bytes(), user.0.as_bytes(), device.as_bytes(), &salt];
    Ok(base64url::encode(&state.secret.keyed_hash("vault", &parts)))
}
