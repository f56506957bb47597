//! Signing in at a desk: the same account as on a phone, in a session of the desk's own that is over within
//! the day. A one-time password is changed before anything else.

use super::Desk;
use super::load::sentence;
use crate::api::{self, ApiError};
use crate::desk::Fault;
use crate::ui::field::{Field, Input};
use crate::words::say;
use gloo_net::http::Method;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use serde_json::json;

/// What is asked of the server's answer.
#[derive(Deserialize)]
struct Welcome {
    must_change_password: bool,
}

fn fault(error: ApiError) -> Fault {
    match error {
        ApiError::NoSignal => Fault::of("UNREACHABLE"),
        ApiError::Told { told, .. } => {
            Fault { message: told.message, request_id: told.request_id, ..Fault::of(&told.code) }
        }
        ApiError::Unreadable => Fault::of("INTERNAL"),
    }
}

/// Phone number and password; with a one-time password also one's own.
#[component]
pub fn SignIn() -> impl IntoView {
    let desk = Desk::get();
    let phone = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let chosen = RwSignal::new(String::new());
    let must_change = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let refused = RwSignal::new(None::<Fault>);
    Effect::new(move || {
        document().set_title(&format!("{} · {}", say("desk.sign_in.title"), say("app.name")))
    });

    let sign_in = async move || {
        let typed = json!({
            "phone": phone.get_untracked(),
            "password": password.get_untracked(),
            "device": {"label": say("desk.device")},
        });
        let welcome: Welcome = api::post("/desk/session", &typed).await?;
        if welcome.must_change_password {
            must_change.set(true);
        } else {
            desk.begin();
        }
        Ok::<(), ApiError>(())
    };
    let change = async move || {
        let typed = json!({"current": password.get_untracked(), "new": chosen.get_untracked()});
        api::tell(Method::POST, "/desk/password", Some(typed.to_string())).await?;
        desk.begin();
        Ok::<(), ApiError>(())
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let done = if must_change.get_untracked() { change().await } else { sign_in().await };
            busy.set(false);
            refused.set(done.err().map(fault));
        });
    };
    view! {
        <main class="sign-in">
            <h1>{say("app.name")} <span class="hint">{say("desk.name")}</span></h1>
            <form on:submit=submit>
                {move || {
                    refused.with(|fault| fault.as_ref().map(|f| view! { <p class="error" role="alert">{sentence(f)}</p> }))
                }}
                <Show
                    when=move || must_change.get()
                    fallback=move || {
                        view! {
                            <Field id="phone" label=say("desk.sign_in.phone").to_owned() input=Input::Phone value=phone />
                            <Field
                                id="password"
                                label=say("desk.sign_in.password").to_owned()
                                input=Input::Password
                                value=password
                            />
                        }
                    }
                >
                    <Field
                        id="new"
                        label=say("desk.sign_in.new").to_owned()
                        hint=say("desk.sign_in.new_hint").to_owned()
                        input=Input::NewPassword
                        value=chosen
                    />
                </Show>
                <button type="submit" class="primary" aria-disabled=move || busy.get().then_some("true")>
                    {move || say(if must_change.get() { "desk.sign_in.change" } else { "desk.sign_in.title" })}
                </button>
            </form>
        </main>
    }
}
