//! What only the device can tell or do: its clock, randomness, calls, vibration, the screen. Nothing
//! here decides anything.

pub mod camera;
pub mod codes;
pub mod glass;

use crate::browser::{field, settled};
use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::local_date;
use std::cell::Cell;
use uuid::Uuid;

/// The device's clock. A claim: it decides nothing on the server.
pub fn now() -> DateTime<Utc> {
    let ms = js_sys::Date::now();
    // Dates of browsers stay far below the range of 64 bits.
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of any date fit")]
    DateTime::from_timestamp_millis(ms as i64).unwrap_or_default()
}

/// Today, on the school's wall.
pub fn today() -> NaiveDate {
    local_date(now())
}

/// Fills bytes with the browser's cryptographic randomness.
fn fill(bytes: &mut [u8]) {
    let crypto = web_sys::window().and_then(|window| window.crypto().ok());
    // Without it there is no secure context and no vault, and nothing is ever written.
    let _ = crypto.map(|crypto| crypto.get_random_values_with_u8_array(bytes));
}

/// Random bytes.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill(&mut bytes);
    bytes
}

/// Eight random bytes: the secret of a knock.
pub fn random8() -> [u8; 8] {
    random()
}

/// A fresh id (UUIDv7).
pub fn new_id() -> Uuid {
    let ms = u64::try_from(now().timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(ms, &random()).into_uuid()
}

/// A short buzz: done.
pub fn vibrate() {
    if let Some(window) = web_sys::window() {
        let _ = window.navigator().vibrate_with_duration(40);
    }
}

/// Opens the dialler.
pub fn call(phone: &str) {
    open(&format!("tel:{phone}"));
}

/// Opens the message app with the text filled in; the person chooses to send.
pub fn message(phone: &str, text: &str) {
    let text = String::from(js_sys::encode_uri_component(text));
    open(&format!("sms:{phone}?body={text}"));
}

fn open(address: &str) {
    if let Some(window) = web_sys::window() {
        let _ = window.location().set_href(address);
    }
}

/// Bytes that a year of visits and drafts of one class come to, many times over. Judgement.
const ROOM: f64 = 64e6;

/// Whether there is hardly any room left; no where the browser does not say.
pub async fn storage_is_low() -> bool {
    let Some(window) = web_sys::window() else { return false };
    let Ok(estimate) = settled(window.navigator().storage().estimate()).await else { return false };
    let bytes = |name| field(&estimate, name).and_then(|bytes| bytes.as_f64());
    bytes("quota").zip(bytes("usage")).is_some_and(|(quota, usage)| quota - usage < ROOM)
}

thread_local! {
    static ASKED_TO_KEEP: Cell<bool> = const { Cell::new(false) };
}

/// Asks the system not to throw away what is kept, once. Its answer is often no, and changes nothing.
pub fn keep_storage() {
    if !ASKED_TO_KEEP.replace(true)
        && let Some(window) = web_sys::window()
        && let Ok(promise) = window.navigator().storage().persist()
    {
        leptos::task::spawn_local(async move {
            let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
        });
    }
}

/// A browser inside another app (WeChat's and the like), or one that keeps nothing for offline.
pub fn is_unfit() -> bool {
    let Some(window) = web_sys::window() else { return true };
    let navigator = window.navigator();
    let agent = navigator.user_agent().unwrap_or_default();
    let inside =
        ["MicroMessenger", "DingTalk", "QQ/", "AlipayClient"].iter().any(|name| agent.contains(name));
    let has = |name| field(&navigator, name).is_some();
    inside || !has("serviceWorker") || !has("locks") || !window.is_secure_context()
}

/// What the list of one's devices calls this one: 安卓手机, 苹果手机, 电脑.
pub fn label() -> String {
    let agent = web_sys::window().and_then(|w| w.navigator().user_agent().ok()).unwrap_or_default();
    let key = match agent.as_str() {
        agent if agent.contains("Android") => "device.android",
        agent if agent.contains("iPhone") || agent.contains("iPad") => "device.apple",
        _ => "device.computer",
    };
    crate::words::say(key).to_owned()
}
