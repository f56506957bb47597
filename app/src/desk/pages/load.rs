//! Asking the server: what is shown while it has not answered, when it does not, and how it is asked
//! again. What was shown stays until the new answer is there, so that nothing jumps.

use super::Desk;
use crate::desk::Fault;
use crate::ui::{Banner, Tone};
use crate::words::{find, say, say_with};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// An answer and where it stands.
pub struct Loaded<T: Send + Sync + 'static> {
    pub value: RwSignal<Option<T>>,
    pub fault: RwSignal<Option<Fault>>,
    pub busy: RwSignal<bool>,
    turn: RwSignal<u32>,
}

impl<T: Send + Sync + 'static> Clone for Loaded<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Loaded<T> {}

impl<T: Send + Sync + 'static> Loaded<T> {
    /// Asks once more.
    pub fn again(self) {
        self.turn.update(|turn| *turn += 1);
    }
}

/// Asks now and whenever a signal changes that `ask` reads. Only the last question's answer counts;
/// `None` asks nothing and forgets what was there.
pub fn load<T, A>(ask: impl Fn() -> Option<A> + 'static) -> Loaded<T>
where
    T: Send + Sync + 'static,
    A: Future<Output = Result<T, Fault>> + 'static,
{
    let desk = Desk::get();
    let loaded = Loaded {
        value: RwSignal::new(None),
        fault: RwSignal::new(None),
        busy: RwSignal::new(true),
        turn: RwSignal::new(0),
    };
    let asked = StoredValue::new(0_u32);
    Effect::new(move || {
        loaded.turn.track();
        desk.looks.track();
        asked.update_value(|n| *n += 1);
        let mine = asked.get_value();
        let Some(answer) = ask() else {
            loaded.value.set(None);
            loaded.fault.set(None);
            loaded.busy.set(false);
            return;
        };
        loaded.busy.set(true);
        spawn_local(async move {
            let answer = answer.await;
            if asked.try_get_value() != Some(mine) {
                return;
            }
            loaded.busy.set(false);
            match answer {
                Ok(value) => {
                    loaded.value.set(Some(value));
                    loaded.fault.set(None);
                }
                Err(fault) if fault.is_signed_out() => desk.met(fault),
                Err(fault) => {
                    loaded.value.set(None);
                    loaded.fault.set(Some(fault));
                }
            }
        });
    });
    loaded
}

/// What a fault says: the desk's own sentence, else the server's.
pub fn sentence(fault: &Fault) -> String {
    let said = find(&format!("desk.fault.{}", fault.code)).map(str::to_owned);
    let mut sentence = said
        .or_else(|| find(&format!("problem.{}", fault.code)).map(str::to_owned))
        .or_else(|| Some(fault.message.clone()).filter(|message| !message.is_empty()))
        .unwrap_or_else(|| say("desk.fault.INTERNAL").to_owned());
    if !fault.request_id.is_empty() && fault.code == "INTERNAL" {
        sentence.push_str(&say_with("desk.fault.number", &[("id", &fault.request_id)]));
    }
    sentence
}

/// A question without an answer, and 再试一次.
#[component]
pub fn Failed(fault: Fault, #[prop(into)] again: Callback<()>) -> impl IntoView {
    view! {
        <Banner tone=Tone::Wait>
            <span>{sentence(&fault)}</span>
            <button type="button" on:click=move |_| again.run(())>
                {say("desk.again")}
            </button>
        </Banner>
    }
}

/// Shows what was asked for, or why it is not there.
#[component]
pub fn Answered<T, V>(loaded: Loaded<T>, show: V) -> impl IntoView
where
    T: Send + Sync + Clone + 'static,
    V: Fn(T) -> AnyView + Send + Sync + 'static,
{
    view! {
        <div aria-busy=move || if loaded.busy.get() { "true" } else { "false" } class="answered">
            {move || match (loaded.value.get(), loaded.fault.get()) {
                (Some(value), _) => show(value),
                (None, Some(fault)) => {
                    view! { <Failed fault=fault again=move || loaded.again() /> }.into_any()
                }
                (None, None) if loaded.busy.get() => {
                    view! { <p class="loading">{say("desk.loading")}</p> }.into_any()
                }
                (None, None) => ().into_any(),
            }}
        </div>
    }
}
