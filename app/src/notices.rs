//! Lines above a first screen that stay until their reason is gone: a newer version, a sign-in that ran
//! out, a clock that is odd, a browser that keeps nothing, work that has waited for days.

use crate::browser;
use crate::device;
use crate::phone::{Contact, Phone};
use crate::ui::{Banner, Tone};
use crate::words::{say, say_with};
use chrono::TimeDelta;
use domain::calendar::local_date;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast as _;

/// Whether a newer version is kept and waits. Tracked.
fn update_waits() -> ReadSignal<bool> {
    let has = || {
        browser::qiaomen().and_then(|q| browser::field(&q, "hasUpdate")).is_some_and(|has| has.is_truthy())
    };
    let (waits, set_waits) = signal(has());
    let stored = StoredValue::new(set_waits);
    browser::on_window("qiaomen:update", move || {
        if let Some(set) = stored.try_get_value() {
            let _ = set.try_set(true);
        }
    });
    waits
}

fn update() {
    let update = browser::qiaomen().and_then(|q| browser::field(&q, "update"));
    if let Some(update) = update.and_then(|update| update.dyn_into::<js_sys::Function>().ok()) {
        let _ = update.call0(&wasm_bindgen::JsValue::NULL);
    }
}

/// Entries that have waited for three days and more.
fn stuck(phone: Phone) -> usize {
    let before = device::now() - TimeDelta::days(3);
    phone.replica.with(|replica| replica.unsent().filter(|q| q.entry.recorded_at < before).count())
}

/// 手机快满了, while it is.
#[component]
pub fn StorageLow() -> impl IntoView {
    let low = RwSignal::new(false);
    spawn_local(async move {
        let is = device::storage_is_low().await;
        let _ = low.try_set(is);
    });
    view! {
        <Show when=move || low.get()>
            <Banner tone=Tone::Wait>{say("storage.low")}</Banner>
        </Show>
    }
}

/// The lines that hold now.
#[component]
pub fn Notices() -> impl IntoView {
    let phone = Phone::get();
    let waits = update_waits();
    let odd = move || phone.replica.with(|replica| replica.clock_is_odd(device::now()));
    let days = move || phone.replica.with(|replica| replica.directory.policy.phone_keeps_days);
    let lapsed =
        move || phone.replica.with(|replica| replica.is_put_away() && replica.has_lapsed(device::now()));
    let stuck = Memo::new(move |_| stuck(phone));
    view! {
        <Show when=move || phone.unfit>
            <Banner tone=Tone::Wait>{say("browser.unfit")}</Banner>
        </Show>
        <StorageLow />
        <Show when=lapsed>
            <Banner tone=Tone::Wait>{move || say_with("lapsed", &[("n", &days().to_string())])}</Banner>
        </Show>
        <Show when=odd>
            <Banner tone=Tone::Wait>
                {say_with("clock.odd", &[("shown", &local_date(device::now()).to_string())])}
            </Banner>
        </Show>
        <Show when=move || phone.sync.get().contact == Contact::SignIn>
            <Banner tone=Tone::Wait>
                <span>{say("login.expired_offline")}</span>
                <a href="/sign-in">{say("login.again")}</a>
            </Banner>
        </Show>
        <Show when=move || phone.sync.get().contact == Contact::SchoolDown>
            <Banner tone=Tone::Info>{say("sync.server_down")}</Banner>
        </Show>
        <Show when=move || { stuck.get() > 0 }>
            <Banner tone=Tone::Wait>
                <span>{move || say_with("sync.stuck", &[("n", &stuck.get().to_string())])}</span>
                <a href="/sync">{say("sync.look")}</a>
            </Banner>
        </Show>
        <Show when=move || waits.get()>
            <Banner tone=Tone::Info>
                <span>{say("update.ready")}</span>
                <button type="button" on:click=|_| update()>{say("update.now")}</button>
            </Banner>
        </Show>
    }
}
