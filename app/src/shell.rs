//! The one page that every address answers with: head, splash, and what `boot.js` needs. It holds no
//! data of anybody, so it may be kept by every phone and shown to any person.

use crate::assets::Assets;
use leptos::prelude::*;

/// Which bundle a page starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bundle {
    /// What is carried to the door: kept for offline.
    Phone,
    /// What is open on a table: online only.
    Desk,
}

impl Bundle {
    const fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Desk => "desk",
        }
    }
}

/// The page. See the head of `public/boot.js` for what must stand in it and in which order.
pub fn shell(assets: &Assets, bundle: Bundle) -> String {
    let at = |name: &str| assets.address(name).to_owned();
    let name = bundle.name();
    let (js, wasm) = (at(&format!("{name}.js")), at(&format!("{name}.wasm")));
    let styles = at(match bundle {
        Bundle::Phone => "app.css",
        Bundle::Desk => "desk.css",
    });
    let page = view! {
        <html lang="zh-CN" dir="ltr">
            <head>
                <meta charset="utf-8" />
                <title>"敲门"</title>
                <meta
                    name="viewport"
                    content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
                />
                <meta name="color-scheme" content="light dark" />
                <meta name="theme-color" content="#ededed" media="(prefers-color-scheme: light)" />
                <meta name="theme-color" content="#111111" media="(prefers-color-scheme: dark)" />
                <meta name="format-detection" content="telephone=no" />
                <script src=at("theme.js")></script>
                <link rel="stylesheet" href=styles />
                <link rel="manifest" href="/manifest.webmanifest" />
                <link rel="icon" href="/icons/icon.svg" />
                <link rel="apple-touch-icon" href="/icons/apple-touch-icon.png" />
                <link rel="modulepreload" href=js.clone() />
                {(bundle == Bundle::Phone).then(|| view! { <link rel="modulepreload" href=at("loader.js") /> })}
                <link rel="preload" href=wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="" />
                <script
                    r#type="module"
                    r#async=true
                    id="boot"
                    src=at("boot.js")
                    data-build=assets.build().to_owned()
                    data-js=js
                    data-wasm=wasm
                    data-work=(bundle == Bundle::Phone).then(|| at("work.wasm"))
                    data-scan-js=at("scan.js")
                    data-scan-wasm=at("scan.wasm")
                    data-words-en=at("en.json")
                    data-offline=(bundle == Bundle::Phone).then_some("")
                ></script>
            </head>
            <body>
                <div id="splash" role="status">"敲门"</div>
                <p id="boot-failed" hidden>
                    "打不开。请换手机自带的浏览器或 Chrome，更新到最新再打开。"
                </p>
                <noscript>"请在浏览器里允许 JavaScript。"</noscript>
            </body>
        </html>
    };
    format!("<!DOCTYPE html>{}", page.to_html())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn assets() -> Assets {
        serde_json::from_str(
            r#"{"phone.js": "/assets/phone.1.js", "phone.wasm": "/assets/phone.2.wasm", "app.css": "/assets/app.3.css",
                "theme.js": "/assets/theme.4.js", "boot.js": "/assets/boot.5.js", "build": "b6"}"#,
        )
        .unwrap()
    }

    #[test]
    fn the_page_names_what_boot_needs() {
        let page = shell(&assets(), Bundle::Phone);
        for part in [
            "<!DOCTYPE html><html lang=\"zh-CN\" dir=\"ltr\">",
            "data-build=\"b6\"",
            "data-js=\"/assets/phone.1.js\"",
            "data-wasm=\"/assets/phone.2.wasm\"",
            "data-offline",
            "id=\"splash\"",
        ] {
            assert!(page.contains(part), "{part} is not in {page}");
        }
    }

    #[test]
    fn styles_come_after_the_theme_and_no_script_stands_in_the_page() {
        let page = shell(&assets(), Bundle::Phone);
        assert!(page.find("theme.4.js").unwrap() < page.find("app.3.css").unwrap());
        assert!(page.split("<script").skip(1).all(|script| script.contains("></script>")));
    }

    #[test]
    fn the_desk_is_not_kept_for_offline() {
        assert!(!shell(&assets(), Bundle::Desk).contains("data-offline"));
    }
}
