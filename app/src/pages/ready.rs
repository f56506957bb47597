//! 这部手机能用吗: six checks, each with one thing to do, before the term and before signing in.

use crate::api;
use crate::browser::{self, field};
use crate::device;
use crate::local::keyring::Keyring;
use crate::ui::{Group, Icon, Screen, Shape};
use crate::words::say;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast as _;

/// A check: not yet known, or whether it holds.
type Found = RwSignal<Option<bool>>;

const LINES: [&str; 6] = ["browser", "offline", "keeps", "camera", "date", "home"];

/// The page.
#[component]
pub fn Ready() -> impl IntoView {
    let found: [Found; 6] = std::array::from_fn(|_| RwSignal::new(None));
    let [browser, offline, keeps, camera, date, home] = found;
    browser.set(Some(!device::is_unfit()));
    offline.set(Some(is_kept_for_offline()));
    home.set(Some(is_on_home_screen()));
    spawn_local(async move {
        let _ = keeps.try_set(Some(keeps_what_is_written().await));
        let _ = camera.try_set(Some(has_camera().await));
        let _ = date.try_set(date_is_right().await.or(Some(device::today() > crate::dates::never_before())));
    });
    let lines = LINES.iter().zip(found).map(|(name, found)| view! { <Line name=name found=found /> });
    view! {
        <Screen title=say("ready.title")>
            <Group>{lines.collect_view()}</Group>
            <p class="pad hint">{say("ready.brands")}</p>
        </Screen>
    }
}

#[component]
fn Line(name: &'static str, found: Found) -> impl IntoView {
    let shape = move || match found.get() {
        Some(true) => view! { <span class="ok"><Icon shape=Shape::Check /></span> }.into_any(),
        Some(false) => view! { <span class="bad"><Icon shape=Shape::Cross /></span> }.into_any(),
        None => view! { <span>"…"</span> }.into_any(),
    };
    let words = say_of(name);
    let fix = say_fix(name);
    let heard = move || match found.get() {
        Some(true) => say("ready.yes"),
        Some(false) => say("ready.no"),
        None => "",
    };
    view! {
        <div class="cell">
            <span class="cell-end check">{shape} <span class="unseen">{heard}</span></span>
            <span class="cell-words">
                <span class="cell-title">{words}</span>
                <Show when=move || found.get() == Some(false)>
                    <span class="cell-note">{fix}</span>
                </Show>
            </span>
        </div>
    }
}

fn say_of(name: &str) -> &'static str {
    say(&format!("ready.{name}"))
}

fn say_fix(name: &str) -> &'static str {
    say(&format!("ready.{name}_fix"))
}

fn is_kept_for_offline() -> bool {
    let workers = web_sys::window().and_then(|w| field(&w.navigator(), "serviceWorker"));
    workers.is_some_and(|workers| field(&workers, "controller").is_some())
}

fn is_on_home_screen() -> bool {
    let query = web_sys::window().and_then(|w| w.match_media("(display-mode: standalone)").ok().flatten());
    query.is_some_and(|query| query.matches())
}

/// Writes and reads once, strictly.
async fn keeps_what_is_written() -> bool {
    match Keyring::open().await {
        Ok(keyring) => keyring.device().await.is_ok_and(|id| !id.is_nil()),
        Err(_) => false,
    }
}

/// Whether there is a camera at all; only the system asks for leave, when it is used.
async fn has_camera() -> bool {
    let Some(media) = web_sys::window().and_then(|w| field(&w.navigator(), "mediaDevices")) else {
        return false;
    };
    let Some(list) = field(&media, "enumerateDevices") else { return false };
    let Ok(list) = list.dyn_into::<js_sys::Function>() else { return false };
    let asked = list.call0(&media).and_then(|promise| promise.dyn_into::<js_sys::Promise>());
    let Ok(devices) = browser::settled(asked).await else { return false };
    js_sys::Array::from(&devices)
        .iter()
        .any(|device| field(&device, "kind").and_then(|k| k.as_string()).as_deref() == Some("videoinput"))
}

/// The server's date against the phone's; unknown without signal.
async fn date_is_right() -> Option<bool> {
    let server = api::server_date().await?;
    Some((server - device::now()).num_hours().abs() < 24)
}
