//! Who works on this phone: signing in and out, unlocking, coming back after the browser was ended,
//! another person on the same phone. Keys are `vault`'s, rows are `local`'s; here is the order of steps.

use crate::api::{self, ApiError};
use crate::browser;
use crate::device;
use crate::driver;
use crate::local::LocalError;
use crate::local::keyring::Holder;
use crate::local::seat::{Found, Seat};
use crate::owed;
use crate::phone::{Contact, Phone, Stage, SyncState};
use crate::vault::{self, RawKey, Vault};
use crate::words;
use domain::actor::{Actor, Role};
use domain::sync::Replica;
use gloo_net::http::Method;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::wasm_split;
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::rc::Rc;
use uuid::Uuid;

/// Why somebody could not sign in or unlock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionError {
    /// The server.
    Api(ApiError),
    /// The phone.
    Local(LocalError),
}

impl From<ApiError> for SessionError {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl From<LocalError> for SessionError {
    fn from(error: LocalError) -> Self {
        Self::Local(error)
    }
}

#[derive(Serialize)]
struct SignInRequest<'a> {
    phone: &'a str,
    password: &'a str,
    device: Device,
}

#[derive(Serialize)]
struct Device {
    id: Uuid,
    label: String,
}

/// What the server says to a right password.
#[derive(Clone, Debug, Deserialize)]
pub struct SignedIn {
    /// Who.
    pub actor: Actor,
    /// The password opens nothing but its own change.
    #[serde(default)]
    pub must_change_password: bool,
    /// Opens the data key of this person on this device; released after a password only.
    recovery_key: String,
}

impl SignedIn {
    fn recovery(&self) -> Result<RawKey, ApiError> {
        let bytes = domain::base64url::decode(&self.recovery_key);
        bytes.and_then(|bytes| bytes.try_into().ok()).ok_or(ApiError::Unreadable)
    }
}

#[derive(Deserialize)]
struct WhoAmI {
    actor: Actor,
}

/// Looks for who was here last and goes on, without any network.
pub fn start(phone: Phone) {
    if browser::is_kept() {
        // Meanwhile: it costs nobody a byte.
        spawn_local(async {
            // What could not be fetched now is asked for again when somebody sits down.
            let _ = get_ready().await;
        });
    }
    spawn_local(async move {
        let stage = resume(phone).await.unwrap_or(Stage::SignIn);
        if stage != Stage::Open {
            phone.stage.set(stage);
        }
    });
}

async fn resume(phone: Phone) -> Result<Stage, LocalError> {
    let keyring = phone.keyring().await?;
    match keyring.current().await? {
        Some((holder, Some(vault))) => {
            take_seat(phone, holder, vault, None).await?;
            Ok(Stage::Open)
        }
        Some((holder, None)) if holder.code_counts() => {
            phone.holder.set(Some(holder));
            Ok(Stage::Locked)
        }
        Some((holder, None)) => {
            phone.holder.set(Some(holder));
            Ok(Stage::SignIn)
        }
        None => Ok(Stage::SignIn),
    }
}

/// Sits a person down: their store opened while the work is still on its way (`start`), then their work
/// in sight.
async fn take_seat(
    phone: Phone,
    holder: Holder,
    vault: Vault,
    actor: Option<Actor>,
) -> Result<(), LocalError> {
    let seat = Seat::open(holder.user, vault).await?;
    let found = seat.read().await?;
    sit_down(phone, holder, seat, found, actor).await?.await
}

/// Fetches the work, and what it needs before anybody is known.
#[wasm_split(work, fallible, wasm_split_path = ::leptos::wasm_split)]
fn get_ready() -> Result<(), LocalError> {
    words::learn();
    Ok(())
}

/// Not in the first load.
#[wasm_split(work, fallible, wasm_split_path = ::leptos::wasm_split)]
fn sit_down(
    phone: Phone,
    holder: Holder,
    seat: Seat,
    found: Found,
    actor: Option<Actor>,
) -> Result<Done, LocalError> {
    Ok(Box::pin(open(phone, holder, seat, found, actor)))
}

type Done = Pin<Box<dyn Future<Output = Result<(), LocalError>>>>;

async fn open(
    phone: Phone,
    mut holder: Holder,
    seat: Seat,
    found: Found,
    actor: Option<Actor>,
) -> Result<(), LocalError> {
    words::learn();
    stand_up(phone).await;
    phone.show(found)?;
    let vault = seat.vault().clone();
    let seat = Rc::new(seat);
    phone.seat.set_value(Some(seat.clone()));
    // Before a page asks for a form.
    owed::take_back(phone, &seat).await;
    let now = device::now();
    if phone.replica.with_untracked(|replica| replica.has_lapsed(now)) {
        // Out of sight at once; where that could not be written, the next opening tries again.
        let _ = phone.change(|replica| Ok(replica.lapse(now))).await;
    }
    let comes_back = actor.is_none();
    if let Some(actor) = actor {
        phone.keep_actor(actor).await?;
    }
    holder.used_at = device::now();
    let keyring = phone.keyring().await?;
    if !comes_back {
        keyring.seat(&holder, &vault).await?;
    }
    phone.holder.set(Some(holder.clone()));
    phone.sync.set(SyncState::default());
    phone.stage.set(Stage::Open);
    if comes_back {
        // After the first picture. Who is known here gets in on a full phone too: their key lies here
        // already.
        TimeoutFuture::new(0).await;
        if phone.stage.get_untracked() != Stage::Open {
            return Ok(());
        }
        let _ = keyring.seat(&holder, &vault).await;
    }
    begin_listening(phone);
    owed::again(phone);
    phone.sync_now();
    Ok(())
}

/// Once a page, when somebody sits down for the first time.
fn begin_listening(phone: Phone) {
    thread_local! {
        static LISTENING: Cell<bool> = const { Cell::new(false) };
    }
    if !LISTENING.replace(true) {
        driver::listen(phone);
        owed::listen(phone);
        watch_use(phone);
    }
}

/// Asks the server to sign a person in.
///
/// # Errors
/// Wrong password, too many tries, no signal.
pub async fn sign_in(phone: Phone, number: &str, password: &str) -> Result<SignedIn, SessionError> {
    let device = Device { id: phone.keyring().await?.device().await?, label: device::label() };
    let request = SignInRequest { phone: number, password, device };
    Ok(api::post("/session", &request).await?)
}

/// Changes the one-time password to one's own.
///
/// # Errors
/// Too short, the same, no signal.
pub async fn change_password(old: &str, new: &str) -> Result<(), SessionError> {
    let body = serde_json::json!({"current": old, "new": new}).to_string();
    Ok(api::tell(Method::POST, "/password", Some(body)).await?)
}

/// Whether a person's screens ask for an unlock code: everybody's but those of village cadres.
pub fn asks_code(actor: &Actor) -> bool {
    actor.grants.iter().any(|grant| grant.role != Role::Cadre)
}

/// The data key of a person who has just given their password: the one this phone has, or a new one.
/// With it comes how the phone knows the person.
///
/// # Errors
/// The key kept here was sealed for another server (`Sealed`).
pub async fn data_key(phone: Phone, signed_in: &SignedIn) -> Result<(Holder, RawKey), SessionError> {
    let actor = &signed_in.actor;
    let recovery = signed_in.recovery()?;
    let keyring = phone.keyring().await?;
    if let Some((mut holder, _)) = keyring.person(actor.user).await? {
        let opened = vault::open_by_recovery(actor.user, &holder.by_recovery, &recovery).await;
        if opened.is_err() {
            phone.holder.set(Some(holder.clone()));
        }
        let raw = opened?;
        holder.wrong = 0;
        holder.name.clone_from(&actor.name);
        return Ok((holder, raw));
    }
    let raw: RawKey = device::random();
    let holder = Holder {
        user: actor.user,
        name: actor.name.clone(),
        phone: actor.phone.clone(),
        by_recovery: vault::seal_by_recovery(actor.user, &raw, &recovery).await?,
        by_code: None,
        wrong: 0,
        unsent: 0,
        lock_after: domain::policy::Policy::default().lock_after_minutes,
        used_at: device::now(),
    };
    Ok((holder, raw))
}

/// Sits a person down after their password, with a new unlock code if they chose one.
///
/// # Errors
/// No room on the phone.
pub async fn settle_in(
    phone: Phone,
    actor: Actor,
    mut holder: Holder,
    raw: RawKey,
    code: Option<&str>,
) -> Result<(), SessionError> {
    if let Some(code) = code {
        holder.by_code = Some(vault::seal_by_code(actor.user, &raw, code).await?);
    }
    let vault = Vault::unlocked(&raw).await?;
    Ok(take_seat(phone, holder, vault, Some(actor)).await?)
}

/// Forgets what a person's key that nothing opens any more has sealed, after the server was set up anew and
/// the code was forgotten. Not while something unsent is among it.
///
/// # Errors
/// `ChangedElsewhere`: something is unsent.
pub async fn begin_anew(phone: Phone) -> Result<(), LocalError> {
    let Some(holder) = phone.holder.get_untracked() else { return Ok(()) };
    if holder.unsent > 0 {
        return Err(LocalError::ChangedElsewhere);
    }
    phone.keyring().await?.forget(holder.user).await?;
    phone.holder.set(None);
    Seat::remove(holder.user).await
}

/// Opens the phone with the unlock code, without any network. After a sign-in at a server whose recovery
/// key is another than before, that one opens it from now on.
///
/// # Errors
/// `Sealed`: a wrong code; after ten of them only the password helps.
pub async fn unlock(phone: Phone, code: &str, signed_in: Option<&SignedIn>) -> Result<(), LocalError> {
    let Some(mut holder) = phone.holder.get_untracked() else { return Err(LocalError::Locked) };
    let sealed = holder.by_code.clone().filter(|_| holder.code_counts()).ok_or(LocalError::Locked)?;
    match vault::open_by_code(holder.user, &sealed, code).await {
        Ok(raw) => {
            holder.wrong = 0;
            if let Some(recovery) = signed_in.and_then(|who| who.recovery().ok()) {
                holder.by_recovery = vault::seal_by_recovery(holder.user, &raw, &recovery).await?;
            }
            take_seat(phone, holder, Vault::unlocked(&raw).await?, None).await
        }
        Err(error) => {
            holder.wrong = holder.wrong.saturating_add(1);
            phone.keyring().await?.keep(&holder, None).await?;
            if !holder.code_counts() {
                phone.stage.set(Stage::SignIn);
            }
            phone.holder.set(Some(holder));
            Err(error)
        }
    }
}

/// Locks the phone: forms are kept first, or sealed where there is no room; then the key and all in sight
/// are let go.
pub fn lock(phone: Phone) {
    let Some(holder) = phone.holder.get_untracked().filter(|h| h.by_code.is_some()) else { return };
    if phone.stage.get_untracked() != Stage::Open {
        return;
    }
    phone.stage.set(Stage::Locked);
    spawn_local(async move {
        let name = format!("qiaomen-write-{}", holder.user);
        // Pages that were left are keeping their forms: after them.
        let _turn = browser::Turn::take(&name).await;
        if phone.stage.get_untracked() != Stage::Open {
            // Before the key goes: who still sat here could note themselves with it once more.
            stand_up(phone).await;
            if let Ok(keyring) = phone.keyring().await {
                let _ = keyring.keep(&holder, None).await;
            }
        }
    });
}

/// Lets go of the store and of all in sight at once; what is owed goes behind the lock.
async fn stand_up(phone: Phone) {
    let seat = phone.seat.try_update_value(Option::take).flatten();
    let owed = phone.owed.try_update(std::mem::take).unwrap_or_default();
    phone.me.set(None);
    phone.drafts.set(Vec::new());
    phone.replica.set(Replica::new(device::new_id().into()));
    if let Some(seat) = seat {
        seat.close();
        owed::put_behind(phone, owed, &seat).await;
    }
}

/// Signs out: nothing of the person stays on the phone. Not while something is unsent.
///
/// # Errors
/// `ChangedElsewhere`: something is unsent.
pub async fn sign_out(phone: Phone) -> Result<(), LocalError> {
    let waits = phone.replica.with_untracked(|r| r.unsent().next().is_some() || r.refused().next().is_some());
    if waits {
        return Err(LocalError::ChangedElsewhere);
    }
    sign_out_saved(phone).await
}

/// Signs out after what is unsent was saved as a file. Forms go too.
///
/// # Errors
/// The browser refused to remove the store.
pub async fn sign_out_saved(phone: Phone) -> Result<(), LocalError> {
    let Some(holder) = phone.holder.get_untracked() else { return Ok(()) };
    // Without signal the session ends on the server by its own date.
    let _ = api::tell(Method::DELETE, "/session", None).await;
    part(phone);
    phone.owed.update(BTreeMap::clear);
    stand_up(phone).await;
    let keyring = phone.keyring().await?;
    keyring.forget(holder.user).await?;
    keyring.leave().await?;
    phone.holder.set(None);
    Seat::remove(holder.user).await
}

/// Nobody sits here any more; whoever comes next begins at the beginning, not on somebody's page.
fn part(phone: Phone) {
    phone.stage.set(Stage::SignIn);
    browser::replace_address("/");
}

/// Another person takes the phone: what is unsent stays for the one who wrote it, under their key.
///
/// # Errors
/// It could not be noted: then the person still has it.
pub async fn hand_over(phone: Phone) -> Result<(), LocalError> {
    get_up(phone).await?.await
}

#[wasm_split(work, fallible, wasm_split_path = ::leptos::wasm_split)]
fn get_up(phone: Phone) -> Result<Done, LocalError> {
    Ok(Box::pin(leave(phone)))
}

async fn leave(phone: Phone) -> Result<(), LocalError> {
    note_unsent(phone).await;
    let keyring = phone.keyring().await?;
    // Before the screen says so: a page that is loaded anew meanwhile belongs to nobody already.
    keyring.leave().await?;
    let Some(holder) = phone.holder.try_update(Option::take).flatten() else { return Ok(()) };
    let seat = phone.seat.get_value();
    part(phone);
    let user = holder.user.to_string();
    spawn_local(async move {
        // Without signal it goes on until its date, and opens nothing that stands on this phone.
        let _ = api::begin(Method::DELETE, "/session", None, Some(&user)).await;
    });
    let locked = keyring.keep(&holder, None).await;
    // Pages that were left are keeping their forms: after them, unless somebody sits here by then.
    let _turn = browser::Turn::take(&format!("qiaomen-write-{}", holder.user)).await;
    if phone.seat.get_value().as_ref().map(Rc::as_ptr) == seat.as_ref().map(Rc::as_ptr) {
        stand_up(phone).await;
    }
    locked
}

/// Goes on with the work after a sign-in that had run out under it.
///
/// # Errors
/// `NotLoaded`.
#[wasm_split(work, fallible, wasm_split_path = ::leptos::wasm_split)]
pub fn go_on(phone: Phone) -> Result<(), LocalError> {
    phone.sync.update(|state| state.contact = Contact::Quiet);
    phone.sync_now();
    Ok(())
}

/// Asks the server who the person is now: grants come and go.
pub async fn refresh(phone: Phone) {
    let lock_after = phone.replica.with_untracked(|r| r.directory.policy.lock_after_minutes);
    phone.holder.update(|holder| {
        if let Some(holder) = holder {
            holder.lock_after = lock_after;
        }
    });
    if let Ok(WhoAmI { actor }) = api::get("/session").await
        && phone.me.with_untracked(|me| me.as_ref().is_some_and(|me| me.user == actor.user && *me != actor))
    {
        let _ = phone.keep_actor(actor).await;
    }
}

/// Notes how much waits here, for the screen before signing in, and that the phone is in use.
pub async fn note_unsent(phone: Phone) {
    let Ok(seat) = phone.seat() else { return };
    let unsent = phone.replica.with_untracked(Replica::waiting);
    let mut changed = None;
    phone.holder.update(|holder| {
        if let Some(holder) = holder {
            holder.unsent = unsent;
            holder.used_at = device::now();
            changed = Some(holder.clone());
        }
    });
    if let (Some(holder), Ok(keyring)) = (changed, phone.keyring().await) {
        let _ = keyring.keep(&holder, Some(seat.vault())).await;
    }
}

/// Locks after the time the policy says nobody has touched the phone.
fn watch_use(phone: Phone) {
    let touched = StoredValue::new(device::now());
    for event in ["pointerdown", "keydown"] {
        browser::on_document(event, move || touched.set_value(device::now()));
    }
    browser::on_document("visibilitychange", move || {
        if browser::is_visible() {
            lock_if_idle(phone, touched.get_value());
            touched.set_value(device::now());
        } else {
            spawn_local(note_unsent(phone));
        }
    });
    gloo_timers::callback::Interval::new(30_000, move || lock_if_idle(phone, touched.get_value())).forget();
}

fn lock_if_idle(phone: Phone, used_at: chrono::DateTime<chrono::Utc>) {
    let stale = phone.holder.with_untracked(|holder| {
        holder.as_ref().is_some_and(|holder| !Holder { used_at, ..holder.clone() }.is_fresh(device::now()))
    });
    if stale && phone.stage.get_untracked() == Stage::Open {
        lock(phone);
    }
}
