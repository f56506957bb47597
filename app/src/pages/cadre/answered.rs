//! 已核对: what the village answered in the last weeks, by whomever, and a way to see it differently.
//! Two answers about one visit both stay (ux 6.3).

use super::home::What;
use super::{give, list, signed};
use crate::pages::village::answers::result_words;
use crate::pages::village::{Answers, Given, Question};
use crate::phone::Phone;
use crate::ui::{Empty, Screen};
use crate::words::{say, say_with};
use domain::card::list::Row;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What was answered.
#[component]
pub(super) fn Answered() -> impl IntoView {
    let list = list(Phone::get());
    let rows = Signal::derive(move || list.read().answered.clone());
    view! {
        <Screen title=say("cadre.answered_title")>
            <div class="cadre">
                <Show
                    when=move || !rows.read().is_empty()
                    fallback=|| view! { <Empty text=say("cadre.none_answered") /> }
                >
                    <For each=move || rows.get() key=|row| (row.asked.knock, row.own.clone().map(|own| own.entry)) let:row>
                        <Differently row=row />
                    </For>
                </Show>
            </div>
        </Screen>
    }
}

/// One house, and 我有不同看法.
#[component]
fn Differently(row: Row) -> impl IntoView {
    let phone = Phone::get();
    let asking = RwSignal::new(false);
    let question = phone.replica.with_untracked(|replica| Question::of_row(&row, &replica.directory));
    let mine =
        row.own.as_ref().map(|own| say_with("cadre.done_is", &[("result", &result_words(&own.result))]));
    let change = if mine.is_some() { say("cadre.mistake") } else { say("cadre.differently") };
    let household = row.asked.household.clone();
    let answer = move |given: Given| {
        let entry = signed(phone, &question, &given);
        spawn_local(async move {
            if give(phone, entry).await {
                asking.set(false);
            }
        });
    };
    view! {
        <section class="house">
            <What row=row />
            {mine.map(|words| view! { <p class="done">{words}</p> })}
            {move || {
                if asking.get() {
                    view! { <Answers give=answer.clone() narrow=true of=household.clone() /> }.into_any()
                } else {
                    view! {
                        <button type="button" class="link" on:click=move |_| asking.set(true)>{change}</button>
                    }
                        .into_any()
                }
            }}
        </section>
    }
}
