//! Carries entries to the school and what is new back: after every record, at start, when the signal
//! or the person comes back, now and then, and when asked. One tab at a time, for ever, and never
//! giving up. What to send and what an answer means is `domain::sync`; here is only when and how.

use crate::api::{self, Answering, ApiError};
use crate::browser::{self, Turn};
use crate::device;
use crate::phone::{Contact, Phone, Stage, SyncState};
use domain::ids::UserId;
use domain::sync::{Changes, Cursor, GO_ON, GoOn, SyncRequest, SyncResponse};
use futures_util::future::{OptionFuture, join};
use gloo_net::http::Method;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::prelude::*;
use web_sys::BroadcastChannel;

/// Between two looks for news while somebody looks at the phone.
const NOW_AND_THEN_MS: u32 = 60_000;
/// The same while somebody stands there and waits for an answer.
const WATCHING: Duration = Duration::from_secs(5);
/// The longest wait after failures.
const LONGEST_MS: u32 = 300_000;

thread_local! {
    static UNDER_WAY: Cell<bool> = const { Cell::new(false) };
    static AGAIN: Cell<bool> = const { Cell::new(false) };
    static FAILURES: Cell<u32> = const { Cell::new(0) };
    static NEXT: RefCell<Option<Timeout>> = const { RefCell::new(None) };
    static TABS: RefCell<Option<BroadcastChannel>> = const { RefCell::new(None) };
}

/// Listens to whatever may be a reason to send, as long as the page lives.
pub fn listen(phone: Phone) {
    browser::on_window("online", move || again_soon(phone));
    browser::on_document("visibilitychange", move || {
        if browser::is_visible() {
            again_soon(phone);
        }
    });
    if let Ok(channel) = BroadcastChannel::new("qiaomen") {
        let heard = move |event: web_sys::MessageEvent| hear(phone, event.data().as_string());
        let heard = Closure::<dyn FnMut(_)>::new(heard).into_js_value();
        channel.set_onmessage(Some(heard.unchecked_ref()));
        TABS.with_borrow_mut(|tabs| *tabs = Some(channel));
    }
}

/// What a tab tells the others.
#[derive(Serialize, Deserialize)]
struct Word {
    user: UserId,
    /// Where the contact with the school stands, and after how many failures; without it the store has
    /// changed.
    contact: Option<(SyncState, u32)>,
}

/// Tells the other tabs that the store has changed.
pub fn told_tabs(phone: Phone) {
    tell(phone, None);
}

fn tell(phone: Phone, contact: Option<(SyncState, u32)>) {
    let Ok(seat) = phone.seat() else { return };
    let word = serde_json::to_string(&Word { user: seat.user, contact }).unwrap_or_default();
    TABS.with_borrow(|tabs| {
        if let Some(channel) = tabs {
            let _ = channel.post_message(&word.into());
        }
    });
}

fn hear(phone: Phone, word: Option<String>) {
    let word = word.and_then(|word| serde_json::from_str::<Word>(&word).ok());
    let Some(word) = word.filter(|word| phone.seat().is_ok_and(|seat| seat.user == word.user)) else {
        return;
    };
    match word.contact {
        Some((contact, failures)) => {
            phone.sync.set(contact);
            FAILURES.set(failures);
        }
        None => catch_up(phone),
    }
}

/// Where the contact with the school stands, here and in the other tabs.
fn stands(phone: Phone, contact: Contact) {
    phone.sync.update(|state| state.contact = contact);
    tell(phone, Some((phone.sync.get_untracked(), FAILURES.get())));
}

/// Another tab has written: read it, one after the other.
fn catch_up(phone: Phone) {
    spawn_local(async move {
        if let Ok(seat) = phone.seat() {
            let _turn = Turn::take(&format!("qiaomen-write-{}", seat.user)).await;
            let _ = phone.reload(&seat).await;
        }
    });
}

fn again_soon(phone: Phone) {
    FAILURES.set(0);
    nudge(phone);
}

/// Sends and fetches, now or right after what is under way, here or in another tab.
pub fn nudge(phone: Phone) {
    send(phone, true);
}

fn send(phone: Phone, waits_for_turn: bool) {
    if phone.stage.get_untracked() != Stage::Open {
        return;
    }
    if UNDER_WAY.replace(true) {
        AGAIN.set(true);
        return;
    }
    NEXT.with_borrow_mut(|next| drop(next.take()));
    spawn_local(async move {
        run(phone, waits_for_turn).await;
        UNDER_WAY.set(false);
        if AGAIN.replace(false) {
            nudge(phone);
        } else {
            wait(phone);
        }
    });
}

/// Looks for news every few seconds while a screen waits for an answer, until the screen is left. Without
/// signal the usual patience holds.
pub fn watch(phone: Phone, waits: impl Fn() -> bool + 'static) {
    let look = move || {
        if waits() && browser::is_visible() && FAILURES.get() == 0 && !UNDER_WAY.get() {
            nudge(phone);
        }
    };
    if let Ok(handle) = set_interval_with_handle(look, WATCHING) {
        on_cleanup(move || handle.clear());
    }
}

/// Comes back after a while: soon after few failures, later after many, never all phones at once.
fn wait(phone: Phone) {
    let failures = FAILURES.get();
    let base = match failures {
        0 => NOW_AND_THEN_MS,
        n => (2_000_u32 << n.min(8)).min(LONGEST_MS),
    };
    let [dice] = device::random::<1>();
    let delay = base / 2 + (base / 256) * u32::from(dice);
    let next = Timeout::new(delay, move || {
        if browser::is_visible() {
            // Nobody asked: while another tab is at it, this one need not be.
            send(phone, false);
        } else {
            wait(phone);
        }
    });
    NEXT.with_borrow_mut(|slot| *slot = Some(next));
}

/// Rounds until there is nothing more to send or to fetch.
async fn run(phone: Phone, waits_for_turn: bool) {
    let Ok(seat) = phone.seat() else { return };
    let turn = format!("qiaomen-sync-{}", seat.user);
    let leads = if waits_for_turn { Turn::take(&turn).await } else { Turn::try_take(&turn).await };
    let Some(_leads) = leads else { return };
    if !phone.seat().is_ok_and(|now| Rc::ptr_eq(&now, &seat)) {
        return;
    }
    // Who asked while this one waited is served by it.
    AGAIN.set(false);
    let mut ahead = None;
    stands(phone, Contact::Sending);
    loop {
        let contact = match round(phone, ahead.take()).await {
            Ok((changes, next)) if changes.more || changes.forked => {
                ahead = next;
                continue;
            }
            Ok(_) => {
                phone.sync.update(|state| state.settled_at = Some(device::now()));
                FAILURES.set(0);
                Contact::Quiet
            }
            Err(error) => {
                FAILURES.set(FAILURES.get().saturating_add(1));
                if error.is_revoked() {
                    // Somebody took the phone's right away, perhaps because it is in other hands. What could
                    // not be written now is tried again with the next round.
                    let _ = phone.change(|replica| Ok(replica.put_away(device::now()))).await;
                }
                contact_after(&error)
            }
        };
        stands(phone, contact);
        break;
    }
    crate::session::note_unsent(phone).await;
}

fn contact_after(error: &ApiError) -> Contact {
    match error {
        ApiError::NoSignal => Contact::NoSignal,
        error if error.is_signed_out() => Contact::SignIn,
        _ => Contact::SchoolDown,
    }
}

/// An answer, and the place in the server's order that was asked from.
struct Asked {
    from: Option<Cursor>,
    answer: Result<Answering, ApiError>,
}

async fn ask(phone: Phone, request: SyncRequest) -> Asked {
    let user = phone.me.with_untracked(|me| me.as_ref().map(|me| me.user.to_string()));
    let answer = async {
        let body = serde_json::to_string(&request).map_err(|_| ApiError::Unreadable)?;
        api::begin(Method::POST, "/sync", Some(body), user.as_deref()).await
    };
    Asked { from: request.cursor, answer: answer.await }
}

/// One answer taken in, asked for now unless that was done `ahead`. Where its head says how to go on, the
/// next one is asked for before this one is read.
async fn round(phone: Phone, ahead: Option<Asked>) -> Result<(Changes, Option<Asked>), ApiError> {
    let Asked { from, answer } = match ahead {
        Some(asked) => asked,
        None => ask(phone, request(phone)).await,
    };
    let answering = answer?;
    let next = answering.header(GO_ON).map(|GoOn { cursor, directory }| {
        // What was written meanwhile goes with a request of its own.
        let request = SyncRequest { entries: Vec::new(), ..request(phone) };
        ask(
            phone,
            SyncRequest { cursor: Some(cursor), directory: directory.or(request.directory), ..request },
        )
    });
    let taken = async {
        let response = api::read(&answering.body().await?)?;
        take_in(phone, from, response).await
    };
    let (next, changes) = join(OptionFuture::from(next), taken).await;
    Ok((changes?, next))
}

fn request(phone: Phone) -> SyncRequest {
    phone.replica.with_untracked(|replica| replica.request(&browser::build()))
}

async fn take_in(
    phone: Phone,
    asked_from: Option<Cursor>,
    response: SyncResponse,
) -> Result<Changes, ApiError> {
    let starts_anew = response.page.reset;
    let now = device::now();
    let mut response = Some(response);
    let changes = phone
        .change(|replica| {
            // What could not be written here at once is asked for and answered again.
            let Some(response) = response.take() else {
                return Ok(Changes { more: true, ..Changes::default() });
            };
            let mut changes = replica.receive(asked_from, response);
            replica.device_time = Some(now);
            let retired = replica.retire(now);
            changes.outbox.extend(retired.outbox);
            if changes.forked {
                let forked = replica.fork(device::new_id().into())?;
                changes.outbox.extend(forked.outbox);
            }
            Ok(changes)
        })
        .await
        .map_err(|_| ApiError::Unreadable)?;
    if starts_anew || changes.directory {
        crate::session::refresh(phone).await;
    }
    Ok(changes)
}
