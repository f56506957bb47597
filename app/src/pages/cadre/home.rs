//! 等您核对, 老师要来, and the way to the camera.

use super::coming::Coming;
use super::{give, list, signed, village_name, villages};
use crate::dates;
use crate::device;
use crate::notices::Notices;
use crate::pages::village::answers::result_words;
use crate::pages::village::question::{came_words, met_words};
use crate::pages::village::standing::who;
use crate::pages::village::{Answers, Given, Giving, Question, changes_words};
use crate::phone::Phone;
use crate::preferences::{self, LANGUAGES};
use crate::ui::{Chip, Empty, Group, Icon, Shape};
use crate::words::{find, say, say_with};
use domain::card::Asked;
use domain::card::list::Row;
use domain::confirmation::Standing;
use domain::directory::teacher_label;
use domain::ids::KnockId;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// The first screen of a village.
#[component]
pub fn Home() -> impl IntoView {
    let phone = Phone::get();
    let list = list(phone);
    // What is answered here stays where it was until the screen is left, so that a slip of the thumb
    // is seen and taken back.
    let stayed = RwSignal::new(Vec::<KnockId>::new());
    let rows = Memo::new(move |_| {
        let list = list.read();
        let stays = |row: &&Row| stayed.read().contains(&row.asked.knock);
        let mut rows: Vec<Row> =
            list.waiting.iter().chain(list.answered.iter().filter(stays)).cloned().collect();
        rows.sort_by_key(|row| std::cmp::Reverse((row.asked.started_at, row.asked.knock)));
        rows
    });
    // Where nobody came today, nothing is put away.
    let today = Memo::new(move |_| {
        let of_today = |row: &&Row| row.days_waiting(device::today()) == 0;
        rows.read().iter().filter(of_today).count()
    });
    let split = move || if today.get() == 0 { rows.read().len() } else { today.get() };
    let first = Signal::derive(move || rows.read().iter().take(split()).cloned().collect::<Vec<_>>());
    let older = Signal::derive(move || rows.read().iter().skip(split()).cloned().collect::<Vec<_>>());
    let house = move |row: Row| {
        let knock = row.asked.knock;
        let current = Memo::new(move |_| rows.read().iter().find(|row| row.asked.knock == knock).cloned());
        view! { <House row=current stayed=stayed /> }
    };
    let title = move || {
        let me = phone.me.read();
        let names: Vec<_> =
            me.iter().flat_map(villages).map(|village| village_name(phone, village)).collect();
        names.join(say("list.comma"))
    };
    let waiting = move || say_with("cadre.waiting", &[("n", &list.read().waiting.len().to_string())]);
    let coming = Signal::derive(move || list.read().coming.clone());
    let navigate = use_navigate();
    view! {
        <div class="large-type own">
        <header class="top cadre-top">
            <h1><bdi>{title}</bdi></h1>
            <div class="aside">
                <a class="sync" href="/sync">{move || phone.sync_words()}</a>
            </div>
            <a class="link" href="/me">{say("tab.me")}</a>
        </header>
        <Notices />
        <main>
            <Show
                when=move || !rows.read().is_empty()
                fallback=|| view! { <Empty text=say("cadre.none") /> }
            >
                <h2 class="group-label">{waiting}</h2>
                <For each=move || first.get() key=|row| row.asked.knock children=house />
                <details class="older" hidden=move || older.read().is_empty()>
                    <summary class="cell">
                        {move || say_with("cadre.older", &[("n", &older.read().len().to_string())])}
                    </summary>
                    <For each=move || older.get() key=|row| row.asked.knock children=house />
                </details>
            </Show>
            <Show when=move || !coming.read().is_empty()>
                <Group label=Signal::derive(move || say_with("cadre.coming", &[("n", &coming.read().len().to_string())]))>
                    <For each=move || coming.get() key=|card| card.id let:card>
                        <Coming card=card />
                    </For>
                </Group>
            </Show>
            <Group>
                <Tally
                    href="/cadre/answered"
                    words=Signal::derive(move || {
                        say_with("cadre.answered", &[("n", &list.read().answered.len().to_string())])
                    })
                />
                <Tally
                    href="/cadre/in-my-name"
                    words=Signal::derive(move || {
                        say_with("cadre.in_my_name", &[("n", &list.read().in_my_name.len().to_string())])
                    })
                />
            </Group>
            <Looks />
            <div class="primary-bar tall">
                <button type="button" class="primary" on:click=move |_| navigate("/scan", Default::default())>
                    <span class="with-icon"><Icon shape=Shape::Scan /> {say("scan.title")}</span>
                </button>
            </div>
        </main>
        </div>
    }
}

/// 大字, and the other languages.
#[component]
fn Looks() -> impl IntoView {
    let large = RwSignal::new(preferences::is_large());
    let spoken = preferences::language();
    let others = LANGUAGES.into_iter().filter(|(code, _)| *code != spoken).map(|(code, own)| {
        let press = move |()| {
            preferences::set_language(code);
            let _ = window().location().reload();
        };
        view! { <Chip label=own press=press /> }
    });
    let switch = move |()| {
        large.update(|large| *large = !*large);
        preferences::set_large(large.get_untracked());
    };
    view! {
        <div class="chips pad">
            <Chip label=say("me.type_large") on=large press=switch />
            {others.collect_view()}
        </div>
    }
}

#[component]
fn Tally(href: &'static str, words: Signal<String>) -> impl IntoView {
    view! {
        <a class="cell" href=href>
            <span class="cell-words">{move || words.get()}</span>
            <span class="cell-end"><Icon shape=Shape::Forward /></span>
        </a>
    }
}

/// One house: what is asked and the two buttons, or what was answered and the way back.
#[component]
fn House(row: Memo<Option<Row>>, stayed: RwSignal<Vec<KnockId>>) -> impl IntoView {
    let phone = Phone::get();
    let again = RwSignal::new(false);
    let answer = move |given: Given| {
        let entry = row.get_untracked().and_then(|row| {
            let question = phone.replica.with_untracked(|replica| Question::of_row(&row, &replica.directory));
            stayed.update(|stayed| stayed.push(row.asked.knock));
            signed(phone, &question, &given)
        });
        let giving: Giving = Box::pin(async move {
            give(phone, entry).await?;
            let _ = again.try_set(false);
            Ok(())
        });
        giving
    };
    let body = move || {
        let row = row.get()?;
        let done =
            row.own.as_ref().filter(|_| row.is_answered_here() && !again.get()).map(|own| own.result.clone());
        let household = row.asked.household.clone();
        Some(match done {
            Some(result) => view! {
                <p class="done">{say_with("cadre.done_is", &[("result", &result_words(&result))])}</p>
                <button type="button" class="link" on:click=move |_| again.set(true)>{say("cadre.mistake")}</button>
            }
            .into_any(),
            None => view! { <Answers give=answer narrow=true of=household /> }.into_any(),
        })
    };
    view! {
        <section class="house">
            {move || row.get().map(|row| view! { <What row=row /> })}
            {body}
        </section>
    }
}

/// 核对以后改过, and what; nothing where the village has not answered about something else.
pub fn changed_words(asked: &Asked) -> Option<String> {
    (asked.standing == Standing::ChangedAfter).then(|| match asked.changes.as_slice() {
        [] => say("cadre.changed").to_owned(),
        changes => say_with("cadre.changed_what", &[("what", &changes_words(changes))]),
    })
}

/// What is asked about one house, in few lines.
#[component]
pub fn What(row: Row) -> impl IntoView {
    let asked = &row.asked;
    let now = device::now();
    let days = row.days_waiting(device::today());
    let children: Vec<_> = row.children.iter().map(|(name, class)| format!("{name} {class}")).collect();
    let waits = days > 0 && !row.is_answered_here();
    let waited = waits.then(|| say_with("cadre.waited", &[("n", &days.to_string())]));
    let changed = changed_words(asked);
    let own = row.own.as_ref().map(|own| own.entry);
    let others = asked.answers.iter().filter(|given| Some(given.entry) != own).map(|given| {
        say_with(
            "cadre.answered_by",
            &[
                ("at", &dates::moment(given.at, now)),
                ("who", &who(&given.role, given.name.as_deref())),
                ("result", &result_words(&given.result)),
            ],
        )
    });
    let others = others.map(|words| view! { <p>{words}</p> }).collect_view();
    let still = row.weaker_answer().and_then(|given| given.strength);
    let still = still.and_then(|strength| find(&format!("cadre.still.{}", strength.code())));
    view! {
        <h2><bdi>{asked.household.clone()}</bdi></h2>
        {children.into_iter().map(|child| view! { <p><bdi>{child}</bdi></p> }).collect_view()}
        <p class="asked">{dates::moment(asked.started_at, now)}</p>
        <p class="asked">{came_words(&teacher_label(&asked.teacher), asked.people)}</p>
        <p class="asked">
            {met_words(&asked.met)}
            {waited.map(|waited| view! { <span class="waited">" · " {waited}</span> })}
        </p>
        {changed.map(|words| view! { <p class="changed">{words}</p> })}
        {others}
        {still.map(|words| view! { <p class="still">{words}</p> })}
    }
}
