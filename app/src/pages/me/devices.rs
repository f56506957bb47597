//! Where one is signed in, and signing those out that one no longer has in hand.

use crate::api;
use crate::dates::moment;
use crate::device;
use crate::ui::Group;
use crate::words::{say, say_with};
use chrono::{DateTime, Utc};
use gloo_net::http::Method;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Clone, PartialEq, Eq, Deserialize)]
struct Device {
    id: Uuid,
    label: String,
    seen_at: DateTime<Utc>,
    current: bool,
}

/// The list; without signal it says so and nothing is lost.
#[component]
pub fn Devices() -> impl IntoView {
    let devices = RwSignal::new(None::<Result<Vec<Device>, ()>>);
    let load = move || {
        spawn_local(async move {
            let found = api::get::<Vec<Device>>("/devices").await.map_err(drop);
            let _ = devices.try_set(Some(found));
        });
    };
    load();
    let revoke = Callback::new(move |id: Uuid| {
        spawn_local(async move {
            let _ = api::tell(Method::DELETE, &format!("/devices/{id}"), None).await;
            load();
        });
    });
    let lines = move || match devices.get() {
        None => ().into_any(),
        Some(Err(())) => view! { <p class="cell hint">{say("me.devices_later")}</p> }.into_any(),
        Some(Ok(found)) => found
            .into_iter()
            .map(|device| view! { <Line device=device revoke=revoke /> })
            .collect_view()
            .into_any(),
    };
    view! { <Group label=say("me.devices")>{lines}</Group> }
}

#[component]
fn Line(device: Device, revoke: Callback<Uuid>) -> impl IntoView {
    let id = device.id;
    let label = if device.label.is_empty() { say("device.other").to_owned() } else { device.label };
    let seen = say_with("me.seen", &[("at", &moment(device.seen_at, device::now()))]);
    view! {
        <div class="cell">
            <span class="cell-words">
                <span class="cell-title">{label}</span>
                <span class="cell-note">{if device.current { say("me.this_one").to_owned() } else { seen }}</span>
            </span>
            {(!device.current)
                .then(|| {
                    view! {
                        <button type="button" class="link" on:click=move |_| revoke.run(id)>
                            {say("me.revoke")}
                        </button>
                    }
                })}
        </div>
    }
}
