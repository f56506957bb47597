//! 从救援文件放回: what was saved as a file before this phone was left, back among what waits.

use crate::api::ApiError;
use crate::browser;
use crate::local::LocalError;
use crate::pages::sign_in::sentence;
use crate::phone::Phone;
use crate::rescue;
use crate::session::SessionError;
use crate::ui::{Field, Icon, Input, Shape};
use crate::words::{say, say_with};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The place to choose the file; the password is asked for when the last one was typed long ago.
#[component]
pub fn PutBack(phone: Phone) -> impl IntoView {
    let file = StoredValue::new(None::<String>);
    let password = RwSignal::new(String::new());
    let asks = RwSignal::new(false);
    let said = RwSignal::new(String::new());
    let put_back = move || {
        spawn_local(async move {
            let text = file.get_value().unwrap_or_default();
            let done = rescue::put_back(phone, &text, &password.get_untracked()).await;
            let needs = |error: &SessionError| {
                matches!(error, SessionError::Api(ApiError::Told { told, .. })
                    if matches!(told.code.as_str(), "PASSWORD_NEEDED" | "WRONG_PASSWORD"))
            };
            let _ = asks.try_set(done.as_ref().is_err_and(needs));
            let _ = said.try_set(match done {
                Ok(0) => say("put_back.nothing").to_owned(),
                Ok(n) => say_with("put_back.done", &[("n", &n.to_string())]),
                Err(SessionError::Local(LocalError::Shape)) => say("put_back.no_such_file").to_owned(),
                Err(SessionError::Local(LocalError::Sealed)) => say("put_back.not_yours").to_owned(),
                Err(error) => sentence(&error),
            });
        });
    };
    let choose = move |event: leptos::ev::Event| {
        let Some(chosen) = event.target() else { return };
        spawn_local(async move {
            file.set_value(browser::chosen_text(chosen.into()).await);
            put_back();
        });
    };
    view! {
        <section class="group">
            <div class="cells">
                <label class="cell">
                    <span class="cell-words">
                        <span class="cell-title">{say("put_back.title")}</span>
                        <span class="cell-note">{say("put_back.why")}</span>
                    </span>
                    <input type="file" class="unseen" on:change=choose />
                    <span class="cell-end"><Icon shape=Shape::Forward /></span>
                </label>
            </div>
            <p class="pad" role="status">{said}</p>
            <Show when=move || asks.get()>
                <form
                    on:submit=move |event| {
                        event.prevent_default();
                        put_back();
                    }
                >
                    <Field id="password" label=say("sign_in.password") input=Input::Password value=password />
                    <div class="pad">
                        <button type="submit" class="secondary">{say("put_back.again")}</button>
                    </div>
                </form>
            </Show>
        </section>
    }
}
