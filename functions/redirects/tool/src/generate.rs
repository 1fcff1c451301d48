//! Rules as a shop and magazine that has moved would have them: the same for the same seed, on every machine.
//!
//! 45 in 100 are products, 30 articles by month, 10 pages of documentation whose versions share a target, 10 answers of a
//! help desk in several languages, 5 short links of campaigns. They come in no order, as rules do that people have added.
use std::collections::HashSet;
use std::io::{BufWriter, Write};

pub fn print(count: &str, seed: &str) -> Result<(), String> {
    let count: usize = count.parse().map_err(|_| format!("COUNT must be a whole number, found {count}"))?;
    let seed: u64 = seed.parse().map_err(|_| format!("SEED must be a whole number, found {seed}"))?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut draw = Draw(seed);
    let mut seen = HashSet::with_capacity(count);
    while seen.len() < count {
        let (source, target) = rule(&mut draw);
        if !seen.contains(&source) {
            writeln!(out, "{source} {target}").map_err(|error| error.to_string())?;
            seen.insert(source);
        }
    }
    out.flush().map_err(|error| error.to_string())
}

/// SplitMix64.
struct Draw(u64);

impl Draw {
    /// From 0 to `below`, not including it.
    fn number(&mut self, below: usize) -> usize {
        let drawn = work::round(self.0);
        self.0 = self.0.wrapping_add(work::START);
        ((u128::from(drawn) * below as u128) >> 64) as usize
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.number(words.len())]
    }

    fn slug(&mut self, words: usize) -> String {
        (0..words).map(|_| self.of(WORDS)).collect::<Vec<_>>().join("-")
    }
}

fn rule(draw: &mut Draw) -> (String, String) {
    match draw.number(100) {
        0..45 => product(draw),
        45..75 => article(draw),
        75..85 => documentation(draw),
        85..95 => help(draw),
        _ => campaign(draw),
    }
}

fn product(draw: &mut Draw) -> (String, String) {
    let (department, item) = (draw.of(DEPARTMENTS), draw.of(ITEMS));
    let name = format!("{}-{}-{item}", draw.of(MATERIALS), draw.of(COLOURS));
    let number = 100_000 + draw.number(900_000);
    (format!("/shop/{department}/{item}s/{name}-{number}.html"), format!("https://www.example.com/p/{name}/{number}"))
}

fn article(draw: &mut Draw) -> (String, String) {
    let (year, month) = (2009 + draw.number(16), 1 + draw.number(12));
    let words = 2 + draw.number(4);
    let slug = draw.slug(words);
    (format!("/blog/{year}/{month:02}/{slug}"), format!("https://magazine.example.com/{year}/{slug}"))
}

fn documentation(draw: &mut Draw) -> (String, String) {
    let (major, minor) = (1 + draw.number(9), draw.number(20));
    let page = format!("{}/{}", draw.of(DEPARTMENTS), draw.slug(2));
    (format!("/docs/v{major}.{minor}/{page}"), format!("https://docs.example.com/latest/{page}"))
}

fn help(draw: &mut Draw) -> (String, String) {
    let language = draw.of(&["de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt-br", "zh-cn"]);
    let (number, words) = (1_000_000 + draw.number(9_000_000), 1 + draw.number(3));
    (
        format!("/{language}/support/answer/{number}"),
        format!("https://help.example.com/{language}/{number}-{}", draw.slug(words)),
    )
}

fn campaign(draw: &mut Draw) -> (String, String) {
    let letters = b"0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz";
    let code: String = (0..8).map(|_| letters[draw.number(letters.len())] as char).collect();
    let (year, name) = (2015 + draw.number(10), draw.slug(2));
    let medium = draw.of(&["email", "print", "social", "tv"]);
    (
        format!("/go/{code}"),
        format!(
            "https://www.example.com/{}/{name}?utm_campaign={name}-{year}&utm_medium={medium}",
            draw.of(DEPARTMENTS)
        ),
    )
}

const DEPARTMENTS: &[&str] = &[
    "baby", "bath", "books", "camping", "garden", "home", "kids", "kitchen", "lighting", "men", "music", "office",
    "outdoor", "pets", "shoes", "sports", "tools", "toys", "travel", "women",
];
const ITEMS: &[&str] = &[
    "backpack",
    "blanket",
    "boot",
    "bottle",
    "bowl",
    "chair",
    "clock",
    "coat",
    "cushion",
    "desk",
    "glove",
    "hat",
    "jacket",
    "jumper",
    "kettle",
    "lamp",
    "mug",
    "pan",
    "pillow",
    "plate",
    "rug",
    "sandal",
    "scarf",
    "shirt",
    "shelf-board",
    "skirt",
    "sneaker",
    "sock",
    "sofa",
    "table",
    "tent",
    "towel",
    "trouser",
    "vase",
    "wallet",
    "watch",
];
const MATERIALS: &[&str] = &[
    "acacia",
    "aluminium",
    "bamboo",
    "canvas",
    "cashmere",
    "ceramic",
    "copper",
    "cork",
    "cotton",
    "denim",
    "felt",
    "fleece",
    "glass",
    "leather",
    "linen",
    "marble",
    "merino",
    "oak",
    "organic-cotton",
    "pine",
    "recycled",
    "rubber",
    "silk",
    "stainless-steel",
    "suede",
    "velvet",
    "walnut",
    "wool",
];
const COLOURS: &[&str] = &[
    "amber",
    "anthracite",
    "beige",
    "black",
    "blue",
    "brown",
    "burgundy",
    "charcoal",
    "cream",
    "gold",
    "green",
    "grey",
    "indigo",
    "ivory",
    "khaki",
    "lavender",
    "mint",
    "mustard",
    "natural",
    "navy",
    "olive",
    "orange",
    "pink",
    "purple",
    "red",
    "rose",
    "sand",
    "silver",
    "teal",
    "turquoise",
    "white",
    "yellow",
];
const WORDS: &[&str] = &[
    "about",
    "account",
    "address",
    "advice",
    "after",
    "annual",
    "answer",
    "autumn",
    "award",
    "balance",
    "basics",
    "before",
    "best",
    "better",
    "birthday",
    "bread",
    "bright",
    "budget",
    "build",
    "camera",
    "care",
    "change",
    "checklist",
    "choose",
    "city",
    "clean",
    "coffee",
    "colour",
    "compare",
    "cook",
    "craft",
    "daily",
    "deal",
    "delivery",
    "design",
    "dinner",
    "drive",
    "early",
    "easy",
    "energy",
    "event",
    "every",
    "express",
    "fabric",
    "family",
    "favourite",
    "festival",
    "finish",
    "first",
    "five",
    "fresh",
    "friends",
    "future",
    "gift",
    "glow",
    "grow",
    "guide",
    "happy",
    "harvest",
    "healthy",
    "history",
    "holiday",
    "house",
    "ideas",
    "inside",
    "interview",
    "island",
    "journey",
    "keep",
    "language",
    "launch",
    "learn",
    "light",
    "little",
    "local",
    "long",
    "make",
    "market",
    "material",
    "meal",
    "meet",
    "minute",
    "modern",
    "morning",
    "mountain",
    "move",
    "nature",
    "never",
    "news",
    "night",
    "notes",
    "number",
    "offer",
    "open",
    "order",
    "paper",
    "party",
    "path",
    "payment",
    "perfect",
    "photo",
    "picnic",
    "plan",
    "plant",
    "playlist",
    "price",
    "project",
    "quick",
    "quiet",
    "rain",
    "reader",
    "recipe",
    "refund",
    "repair",
    "report",
    "return",
    "review",
    "river",
    "road",
    "room",
    "sale",
    "school",
    "season",
    "secret",
    "service",
    "seven",
    "shade",
    "shape",
    "simple",
    "size",
    "sleep",
    "slow",
    "small",
    "snow",
    "space",
    "spring",
    "start",
    "stay",
    "store",
    "story",
    "street",
    "studio",
    "style",
    "summer",
    "sunday",
    "supper",
    "table",
    "taste",
    "team",
    "ten",
    "things",
    "three",
    "time",
    "tips",
    "today",
    "together",
    "tour",
    "tracking",
    "trail",
    "trend",
    "trip",
    "twelve",
    "update",
    "vintage",
    "visit",
    "voucher",
    "walk",
    "warm",
    "water",
    "weekend",
    "welcome",
    "where",
    "wild",
    "wind",
    "window",
    "winter",
    "without",
    "wood",
    "work",
    "world",
    "year",
    "young",
];

#[cfg(test)]
mod tests {
    use super::*;
    use redirects::rules;

    #[test]
    fn every_rule_is_one() {
        let mut draw = Draw(1);
        let text: String =
            (0..1000).map(|_| rule(&mut draw)).map(|(source, target)| format!("{source} {target}\n")).collect();
        assert_eq!(rules::read(text.as_bytes()).unwrap().len(), 1000);
        assert!(!text.contains('~'), "the check asks for sources that end so");
    }

    #[test]
    fn the_seed_says_all() {
        let first = |seed| rule(&mut Draw(seed));
        assert_eq!(first(1), first(1));
        assert_ne!(first(1), first(2));
    }
}
