//! 以您的名义核对过的: answers given by code, on a teacher's phone or on paper under one's name or post.
//! Nobody answers for a person without that person finding out.

use super::home::What;
use super::list;
use crate::dates;
use crate::device;
use crate::pages::village::answers::result_words;
use crate::pages::village::question::place;
use crate::pages::village::standing::who;
use crate::phone::Phone;
use crate::ui::{Empty, NotKept, Screen};
use crate::words::{say, say_with};
use crate::writing::{self, Writing};
use domain::card::Given;
use domain::card::list::Row;
use domain::confirmation::Dispute;
use domain::entry::{Body, Subject};
use domain::sync::NewEntry;
use leptos::prelude::*;

/// What was answered in my name.
#[component]
pub fn InMyName() -> impl IntoView {
    let list = list(Phone::get());
    let rows = Signal::derive(move || list.read().in_my_name.clone());
    view! {
        <div class="large-type own"><Screen title=say("cadre.in_my_name_title")>
            <div class="stacked">
                <Show
                    when=move || !rows.read().is_empty()
                    fallback=|| view! { <Empty text=say("cadre.none_in_my_name") /> }
                >
                    <p class="hint pad">{say("cadre.in_my_name_how")}</p>
                    <For each=move || rows.get() key=|(_, given)| given.entry let:line>
                        <Named row=line.0 given=line.1 />
                    </For>
                </Show>
            </div>
        </Screen></div>
    }
}

#[component]
fn Named(row: Row, given: Given) -> impl IntoView {
    let phone = Phone::get();
    let words = say_with(
        "cadre.answered_by",
        &[
            ("at", &dates::moment(given.at, device::now())),
            ("who", &who(&given.role, given.name.as_deref())),
            ("result", &result_words(&given.result)),
        ],
    );
    let (village, knock, of) = (row.village, row.asked.knock, given.entry);
    let label = phone.replica.with_untracked(|r| place(&r.directory, village, &row.asked.household));
    let writing = Writing::new(phone);
    let disown = move |_| {
        let dispute = writing::entry(Subject::Village(village), label.clone(), Body::Dispute(Dispute { of }));
        // Once it is kept, the line stands here no more.
        writing.write(vec![NewEntry { knock: Some(knock), ..dispute }], device::vibrate);
    };
    let row = Row { asked: domain::card::Asked { answers: Vec::new(), ..row.asked }, ..row };
    view! {
        <section class="house">
            <What row=row />
            <p><strong>{words}</strong></p>
            <NotKept why=writing.failed />
            <button type="button" class="secondary" on:click=disown>{say("cadre.not_me")}</button>
        </section>
    }
}
