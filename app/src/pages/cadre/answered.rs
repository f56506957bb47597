//! 已核对: what the village answered in the last weeks, by whomever, and a way to see it differently.
//! Two answers about one visit both stay (ux 6.3).

use super::home::What;
use super::{give, list, signed};
use crate::dates;
use crate::device;
use crate::pages::village::answers::result_words;
use crate::pages::village::question::spaced;
use crate::pages::village::{Answers, Given, Giving, Question};
use crate::phone::Phone;
use crate::ui::{Empty, Screen};
use crate::words::{say, say_with};
use domain::card::list::{Row, Typed};
use leptos::prelude::*;

/// What was answered.
#[component]
pub fn Answered() -> impl IntoView {
    let list = list(Phone::get());
    let rows = Signal::derive(move || list.read().answered.clone());
    let typed =
        move || list.read().typed.iter().map(|typed| view! { <Digits typed=typed.clone() /> }).collect_view();
    view! {
        <div class="large-type own"><Screen title=say("cadre.answered_title")>
            <div class="stacked">
                {typed}
                <Show
                    when=move || !rows.read().is_empty()
                    fallback=|| view! { <Empty text=say("cadre.none_answered") /> }
                >
                    <For each=move || rows.get() key=|row| (row.asked.knock, row.own.clone().map(|own| own.entry)) let:row>
                        <Differently row=row />
                    </For>
                </Show>
            </div>
        </Screen></div>
    }
}

/// A typed code whose visit has not come yet.
#[component]
fn Digits(typed: Typed) -> impl IntoView {
    let key = if typed.is_lost(device::today()) { "cadre.code_lost" } else { "cadre.code_waits" };
    view! {
        <section class="house">
            <h2>{say_with("scan.code_is", &[("code", &spaced(&typed.code))])}</h2>
            <p>{dates::moment(typed.at, device::now())} " · " {result_words(&typed.result)}</p>
            <p class:changed=typed.is_lost(device::today())>{say(key)}</p>
        </section>
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
        let giving: Giving = Box::pin(async move {
            give(phone, entry).await?;
            let _ = asking.try_set(false);
            Ok(())
        });
        giving
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
