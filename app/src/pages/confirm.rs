//! K6 请村干部核对: the code on the glass, and the ways that need no second phone. All of it works
//! without network; the code can be answered by anybody who stands here (ux 6.2).

use super::saved::next::{Onward, houses};
use super::village::question::{came_words, met_words, place, spaced};
use super::village::standing::{VillageStanding, heard, heard_words, is_answered, line_of, receipt_key};
use super::village::{Answers, Facts, Given, Giving, Keypad, NotTaken, Question};
use super::visit::secret_key;
use crate::dates;
use crate::device::codes::Codes;
use crate::device::{self, glass};
use crate::driver;
use crate::phone::Phone;
use crate::ui::{Banner, Chip, Chips, Empty, PrimaryBar, Screen, Sheet, Tone, go_back};
use crate::words::{say, say_with};
use domain::confirmation::code::{Ticket, read_receipt, spoken};
use domain::confirmation::{Projection, Proof, Secret};
use domain::directory::{Directory, household_label, teacher_label};
use domain::ids::{KnockId, VillageId};
use domain::student::VisitLine;
use domain::sync::NewEntry;
use domain::visit::knock::Knock;
use domain::vocabulary::{CadreRole, ConfirmationResult};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;

/// What the screen shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Showing {
    /// The code.
    Code,
    /// The question, the phone in the cadre's hand.
    HandedOver,
    /// The cadre has answered.
    Answered,
}

/// K6 请村干部核对.
#[component]
pub fn Confirm() -> impl IntoView {
    let phone = Phone::get();
    let params = use_params_map();
    let knock = params.read_untracked().get("knock").and_then(|id| id.parse().ok()).map(KnockId);
    let line = Memo::new(move |_| {
        let me = phone.me.get()?;
        line_of(&phone.replica.read(), &me, knock?)
    });
    let showing = RwSignal::new(Showing::Code);
    // Built anew only for another visit: an answer that arrives must take nothing from under a thumb.
    let asked = Memo::new(move |_| line.read().as_ref().map(|line| line.mark.clone()));
    view! {
        {move || match (asked.get().and_then(|_| line.get_untracked()), showing.get()) {
            (None, _) => {
                view! {
                    <Screen title=say("confirm.title")>
                        <Empty text=say("confirm.unknown") />
                    </Screen>
                }
                    .into_any()
            }
            (Some(found), Showing::Code) => view! { <Code found=found line=line showing=showing /> }.into_any(),
            (Some(line), Showing::HandedOver) => view! { <HandedOver line=line showing=showing /> }.into_any(),
            (Some(_), Showing::Answered) => view! { <GiveBack showing=showing /> }.into_any(),
        }}
    }
}

/// The white card and everything around it; once the village has answered, one line and the way on.
#[component]
fn Code(found: VisitLine, line: Memo<Option<VisitLine>>, showing: RwSignal<Showing>) -> impl IntoView {
    let phone = Phone::get();
    let (asked, line) = (line, found);
    let knock = line.knock;
    let heard = heard(phone, knock);
    let answered = Memo::new(move |_| {
        asked.read().as_ref().is_some_and(|line| is_answered(phone, line, heard.read().as_ref()))
    });
    driver::watch(phone, move || !answered.get_untracked());
    // Somebody else of the village may still want to see it.
    let unfolded = RwSignal::new(false);
    let shows_code = Memo::new(move |_| !answered.get() || unfolded.get());
    let me = phone.me.get_untracked();
    let done = phone.replica.with_untracked(|replica| {
        let knock = me.and_then(|me| Knock::find(knock, replica, &me));
        knock.map(|knock| knock.visits.iter().map(|v| v.student).collect()).unwrap_or_default()
    });
    let onward = Onward::new(houses(phone, line.village, done));
    let secret = RwSignal::new(None::<Secret>);
    let looked = RwSignal::new(false);
    spawn_local(async move {
        secret.set(phone.recall(&secret_key(knock)).await);
        looked.set(true);
    });
    glass::keep_awake();

    let directory = phone.replica.with_untracked(|replica| replica.directory.clone());
    let title = place(&directory, line.village, &line.household);
    let number = directory.village(line.village).map(|v| say_with("confirm.number", &[("n", v.number())]));
    let facts = [
        dates::moment(line.started_at, device::now()),
        came_words(
            &teacher_label(&line.author_name),
            u8::try_from(line.participants.len()).unwrap_or(u8::MAX),
        ),
        met_words(&line.met),
    ];
    let address = {
        let line = line.clone();
        move || secret.get().and_then(|secret| address(&line, secret, &directory))
    };
    let typing = RwSignal::new(false);
    let signing = RwSignal::new(false);
    let reminding = RwSignal::new(None::<String>);
    let copied = RwSignal::new(false);
    let village = line.village;
    let remind = move |_| {
        let text = phone.replica.with_untracked(|replica| reminder(&replica.directory, village));
        spawn_local(async move {
            copied.set(glass::copy(&text).await);
            reminding.set(Some(text));
        });
    };
    let shown_line = line.clone();
    view! {
        <Screen title=say("confirm.title")>
            <VillageStanding line=Signal::stored(shown_line) quiet=true heard=heard />
            <Show when=move || shows_code.get()>
                <div class="code-card">
                    {
                        let address = address.clone();
                        move || match (secret.get(), looked.get()) {
                            (Some(_), _) => view! { <Picture address=Signal::derive(address.clone()) /> }.into_any(),
                            (None, true) => view! { <p class="no-code">{say("confirm.other_phone")}</p> }.into_any(),
                            (None, false) => view! { <div class="code"></div> }.into_any(),
                        }
                    }
                    <p class="spoken">
                        {say("confirm.code")} " "
                        <strong class="digits">
                            {move || secret.get().map(|secret| spaced(&spoken(&secret)))}
                        </strong>
                    </p>
                    <p class="village-number">{number.clone()}</p>
                </div>
            </Show>
            <div class="code-facts">
                <p><bdi>{title}</bdi></p>
                <p>{facts.join(" · ")}</p>
            </div>
            <Show when=move || shows_code.get()>
                <p class="hint pad">{say_with("confirm.how", &[("host", &host())])}</p>
            </Show>
            <div class="links">
                <Show
                    when=move || !answered.get()
                    fallback=move || view! {
                        <button type="button" class="link" on:click=move |_| unfolded.update(|shown| *shown = !*shown)>
                            {move || say(if unfolded.get() { "confirm.fold" } else { "confirm.unfold" })}
                        </button>
                        <a class="link" href="/">{say("go.home")}</a>
                    }
                >
                    <button type="button" class="link" on:click=move |_| showing.set(Showing::HandedOver)>
                        {say("confirm.here")}
                    </button>
                    <button type="button" class="link" on:click=move |_| signing.set(true)>
                        {say("confirm.paper")}
                    </button>
                    <button type="button" class="link" on:click=remind>{say("confirm.remind")}</button>
                    <button type="button" class="link" on:click=move |_| go_back()>{say("confirm.later")}</button>
                </Show>
            </div>
            <PrimaryBar
                label=Signal::derive(move || if answered.get() { onward.label() } else { say("confirm.receipt").to_owned() })
                press=move |()| if answered.get_untracked() { onward.go() } else { typing.set(true) }
            />
            <Sheet open=typing title=say("confirm.receipt")>
                <Receipt knock=knock secret=secret heard=heard />
            </Sheet>
            <Sheet open=signing title=say("confirm.paper")>
                <Paper line=line.clone() done=move |()| signing.set(false) />
            </Sheet>
            <Reminder text=reminding copied=copied />
        </Screen>
    }
}

/// Where the answer page is, as one would write it down.
fn host() -> String {
    web_sys::window().and_then(|window| window.location().host().ok()).unwrap_or_default()
}

/// The address behind the code: everything after `#`, which never reaches a log.
fn address(line: &VisitLine, secret: Secret, directory: &Directory) -> Option<String> {
    let village = directory.village(line.village)?;
    let ticket = Ticket::of(
        &Projection::of_line(line),
        secret,
        village.code.parse().ok()?,
        &village.name,
        &teacher_label(&line.author_name),
    );
    let origin = web_sys::window()?.location().origin().ok()?;
    Some(format!("{origin}/q#{}", ticket.encode()))
}

#[component]
fn Picture(#[prop(into)] address: Signal<Option<String>>) -> impl IntoView {
    let svg = RwSignal::new(None::<String>);
    let failed = RwSignal::new(false);
    Effect::new(move || {
        let Some(address) = address.get() else { return failed.set(true) };
        spawn_local(async move {
            let drawn = Codes::load().await.and_then(|codes| codes.draw(&address));
            failed.set(drawn.is_none());
            svg.set(drawn);
        });
    });
    view! {
        <div class="code" role="img" aria-label=say("confirm.picture") inner_html=move || svg.get().unwrap_or_default()></div>
        <p class="no-code" hidden=move || !failed.get()>{say("confirm.no_picture")}</p>
    }
}

/// 输入回执码: four digits the cadre reads out.
#[component]
fn Receipt(
    knock: KnockId,
    secret: RwSignal<Option<Secret>>,
    heard: RwSignal<Option<ConfirmationResult>>,
) -> impl IntoView {
    let phone = Phone::get();
    let read = RwSignal::new(None::<ConfirmationResult>);
    let done = move |typed: String| {
        let result = secret.get_untracked().and_then(|secret| read_receipt(&secret, &typed));
        let Some(result) = result else { return Some(say("confirm.receipt_bad").to_owned()) };
        device::vibrate();
        read.set(Some(result.clone()));
        heard.set(Some(result.clone()));
        spawn_local(async move {
            // Only a comfort until the answer itself arrives: were it not kept, nothing is lost.
            let _ = phone.remember(&receipt_key(knock), &result).await;
        });
        None
    };
    view! {
        {move || match read.get() {
            Some(result) => view! { <Banner tone=Tone::Ok>{heard_words(&result).1}</Banner> }.into_any(),
            None => {
                view! {
                    <p class="hint pad">{say("confirm.receipt_how")}</p>
                    <Keypad length=4 label=say("confirm.receipt") done=done />
                }
                    .into_any()
            }
        }}
    }
}

/// Who of the village can have answered: its cadres by name, and somebody else.
fn villagers(phone: Phone, village: VillageId) -> Vec<(CadreRole, Option<String>)> {
    phone.replica.with_untracked(|replica| {
        let cadres =
            replica.directory.cadres(village).map(|(person, role)| (role.clone(), Some(person.name.clone())));
        cadres.chain([(CadreRole::Other, None)]).collect()
    })
}

/// Who answers on somebody else's phone.
type Chosen = RwSignal<Option<(CadreRole, Option<String>)>>;

/// The entry of an answer by the person chosen; without one the screen asks for them.
fn named(
    who: Chosen,
    missing: RwSignal<bool>,
    question: &Question,
    given: &Given,
) -> Result<NewEntry, NotTaken> {
    let Some((role, name)) = who.get_untracked() else {
        missing.set(true);
        return Err(NotTaken::Who);
    };
    Ok(question.answered(given, role, name))
}

#[component]
fn Who(village: VillageId, chosen: Chosen, #[prop(into)] question: String) -> impl IntoView {
    let chips = villagers(Phone::get(), village).into_iter().map(move |person| {
        let label = super::village::standing::who(&person.0, person.1.as_deref());
        let same = person.clone();
        view! {
            <Chip
                label=label
                on=Signal::derive(move || chosen.read().as_ref() == Some(&same))
                press=move |()| chosen.set(Some(person.clone()))
            />
        }
    });
    view! { <Chips question=question>{chips.collect_view()}</Chips> }
}

/// 纸上签过了 (way F): the teacher writes down what the signed form says.
#[component]
fn Paper(line: VisitLine, #[prop(into)] done: Callback<()>) -> impl IntoView {
    let phone = Phone::get();
    let who = RwSignal::new(None);
    let missing = RwSignal::new(false);
    let village = line.village;
    let give = move |given: Given| {
        let question = phone.replica.with_untracked(|r| Question::of_line(&line, Proof::Paper, &r.directory));
        let entry = named(who, missing, &question, &given);
        let giving: Giving = Box::pin(async move {
            phone.record(vec![entry?], None).await?;
            done.run(());
            Ok(())
        });
        giving
    };
    view! {
        <Who village=village chosen=who question=say("confirm.who_signed") />
        <p class="error pad" role="alert" hidden=move || !missing.get() || who.read().is_some()>
            {say("confirm.choose_who")}
        </p>
        <p class="pad">{say("confirm.what_signed")}</p>
        <Answers give=give />
    }
}

/// 用这部手机核对 (way E): the phone is in the cadre's hand; nothing else of it is on the glass.
#[component]
fn HandedOver(line: VisitLine, showing: RwSignal<Showing>) -> impl IntoView {
    let phone = Phone::get();
    let who = RwSignal::new(None);
    let missing = RwSignal::new(false);
    let question =
        phone.replica.with_untracked(|r| Question::of_line(&line, Proof::TeachersPhone, &r.directory));
    let facts = question.clone();
    let give = move |given: Given| {
        let entry = named(who, missing, &question, &given);
        let giving: Giving = Box::pin(async move {
            phone.record(vec![entry?], None).await?;
            device::vibrate();
            showing.set(Showing::Answered);
            Ok(())
        });
        giving
    };
    glass::keep_awake();
    view! {
        <div class="large-type">
            <Screen title=say("confirm.handed") back=move |()| showing.set(Showing::Code)>
                <Facts question=facts />
                <Who village=line.village chosen=who question=say("confirm.who_are_you") />
                <p class="error pad" role="alert" hidden=move || !missing.get() || who.read().is_some()>
                    {say("confirm.choose_who")}
                </p>
                <Answers give=give />
                <p class="hint pad">{say("cadre.reassure")}</p>
            </Screen>
        </div>
    }
}

#[component]
fn GiveBack(showing: RwSignal<Showing>) -> impl IntoView {
    view! {
        <div class="large-type">
            <Screen title=say("confirm.handed") back=move |()| showing.set(Showing::Code)>
                <Empty text=say("confirm.thanks")>
                    <button type="button" class="primary" on:click=move |_| showing.set(Showing::Code)>
                        {say("confirm.give_back")}
                    </button>
                </Empty>
            </Screen>
        </div>
    }
}

/// What can be pasted into a chat (ux 6.4): no child in it and no code. Without an account it opens what
/// that phone has scanned, and nothing on any other.
fn reminder(directory: &Directory, village: VillageId) -> String {
    let (name, number) =
        directory.village(village).map(|v| (v.name.as_str(), v.number())).unwrap_or_default();
    let origin = web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default();
    let address = format!("{origin}/v/{number}");
    let mut cadres = directory.cadres(village);
    let whom = match cadres.find(|(_, role)| **role == CadreRole::Secretary) {
        // 吐尔逊书记, 袁书记: as a household is called, without its 家.
        Some((person, _)) => {
            say_with("confirm.secretary", &[("name", household_label(&person.name).trim_end_matches('家'))])
        }
        None => name.to_owned(),
    };
    say_with("confirm.reminder", &[("whom", &whom), ("village", name), ("n", "1"), ("address", &address)])
}

#[component]
fn Reminder(text: RwSignal<Option<String>>, copied: RwSignal<bool>) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move || {
        if text.read().is_some() {
            open.set(true);
        }
    });
    view! {
        <Sheet open=open title=say("confirm.remind")>
            <p class="pad">{move || if copied.get() { say("confirm.copied") } else { say("confirm.copy_by_hand") }}</p>
            <p class="pad reminder">{move || text.get()}</p>
        </Sheet>
    }
}
