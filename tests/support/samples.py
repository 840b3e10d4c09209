"""One invented day of Kopi Senja, rich enough to try every face of a reading list: many scripts, odd and hostile titles."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from curator.core.brand import Brand, Topic, Watch
from curator.core.feed import Failure
from curator.core.item import Source
from curator.core.report import Counts, RunReport, Seconds
from curator.core.story import Card, Evidence, Fit, Mention, Reason, RelatedItem, StoryRef
from curator.core.text.urls import domain, item_id

NOW = datetime(2026, 11, 23, 1, 5, 30, tzinfo=UTC)  # 08:05 in Jakarta
TODAY = date(2026, 11, 23)
COFFEE, REFILL, WORK = "Specialty coffee", "Refill, less waste", "Small shops"

BRAND = Brand(
    name="Kopi Senja",
    topics=(
        Topic(name=COFFEE, about="Petani kopi, roasting, cara seduh, kedai kopi lokal"),
        Topic(name=REFILL, about="Gelas pakai ulang, isi ulang, kurangi sampah plastik"),
        Topic(name=WORK, about="Running a small food business"),
    ),
    language="id",
    reads=("id", "en"),
    timezone="Asia/Jakarta",
    watch=(Watch(name="Our brand", query='"kopi senja"'), Watch(name="Rival", query='"kopi fajar"')),
)


def source(title: str, host: str) -> Source:
    return Source(title=title, feed=f"https://{host}/feed.xml")


def other(title: str, host: str, outlet: str, lang: str = "en") -> RelatedItem:
    url = f"https://{host}/{len(title)}/story"
    return RelatedItem(id=item_id(url), url=url, title=title, source=source(outlet, host), lang=lang, published=NOW - timedelta(hours=3))


def card(title: str, url: str, outlet: str, evidence: str = "", **changes: Any) -> Card:
    """A card found an hour ago; every other field may be given, `age` in hours and `fit`/`topic` among them."""
    hours, fit, topic = changes.pop("age", 5.0), changes.pop("fit", 0.72), changes.pop("topic", COFFEE)
    rest = [name for name in (COFFEE, REFILL, WORK) if name != topic]
    others: tuple[RelatedItem, ...] = changes.pop("others", ())
    reasons = (
        Reason(part="fit", value=fit, text=f"fits {topic}"),
        Reason(part="freshness", value=round(-0.004 * hours, 3), text=f"{hours:g} h old"),
        Reason(part="keyword", value=0.05, text="names “kopi” in its title"),
    )
    fields: dict[str, Any] = {
        "id": item_id(url),
        "url": url,
        "title": title,
        "source": source(outlet, domain(url) or "feeds.example"),
        "author": "",
        "published": NOW - timedelta(hours=hours),
        "found": NOW - timedelta(hours=min(hours, 1.0)),
        "lang": "en",
        "kind": "",
        "excerpt": evidence[:120],
        "image": "",
        "words": 640,
        "status": "listed",
        "tags": (),
        "score": round(fit + 0.05 - 0.004 * hours, 3),
        "fits": (Fit(topic=topic, fit=fit), Fit(topic=rest[0], fit=0.21), Fit(topic=rest[1], fit=0.04)),
        "evidence": Evidence(text=evidence, topic=topic),
        "why": reasons,
        "story": StoryRef(id=item_id(url), size=1 + len(others), others=others),
    }
    return Card(**fields | changes)


CARDS = (
    card(
        "Growers above Lake Tawar bring back shade trees after two dry seasons",
        "https://highland.example/2026/shade-trees",
        "Highland Grower",
        "Plots that kept their shade lost a tenth of the crop, plots without it lost nearly half.",
        author="Mira Tan",
        words=1320,
        kind="education",
        fit=0.91,
        tags=("gayo", "climate"),
        others=(
            other("Petani menanam lagi pohon pelindung di kebun kopi", "kabarkebun.example", "Kabar Kebun", "id"),
            other("Shade pays for itself, says cooperative", "beanweekly.example", "Bean Weekly"),
            other("木陰のコーヒー、収穫を守る", "mameno.example", "豆の新聞", "ja"),
        ),
    ),
    card(
        "Warga Bandung makin sering bawa gelas sendiri, asal ada potongan harga",
        "https://niagapagi.example/gelas-sendiri",
        "Niaga Pagi",
        "Dengan potongan dua ribu rupiah, pembeli yang membawa gelas naik dari 8 menjadi 29 persen dalam tiga bulan.",
        lang="id",
        topic=REFILL,
        kind="soft-selling",
        fit=0.88,
        age=11,
        words=410,
    ),
    card(
        "How long should a pour-over rest? A roaster timed four hundred cups",
        "https://slowcup.example/rest-times",
        "Slow Cup",
        "Blind tasters preferred cups left alone for ninety seconds, and could not say why.",
        kind="education",
        fit=0.86,
        age=2,
        words=980,
    ),
    card(
        "Harga biji kopi robusta Lampung naik lagi menjelang akhir tahun",
        "https://pasarkomoditas.example/robusta-lampung",
        "Pasar Komoditas",
        "Di tingkat petani harga robusta menyentuh Rp 78.000 per kilogram, tertinggi sejak Maret.",
        lang="id",
        fit=0.83,
        age=7,
        words=520,
        others=(other("Robusta hits eight-month high in Sumatra", "tradewire.example", "Trade Wire"),),
    ),
    card(
        "مزارعو البن في اليمن يعودون إلى المدرجات القديمة",
        "https://qahwa.example/terraces",
        "مجلة القهوة",
        "قال المزارعون إن المدرجات القديمة حفظت الماء أسبوعين أطول من الحقول الجديدة.",
        lang="ar",
        fit=0.81,
        age=19,
        words=700,
    ),
    card(
        "京都の小さな喫茶店、紙コップをやめて一年",
        "https://kissa.example/no-paper-cups",
        "喫茶だより",
        "店主は「洗い物は増えたが、常連客も増えた」と話す。",
        lang="ja",
        topic=REFILL,
        fit=0.79,
        age=26,
        words=850,
    ),
    card(
        "Cold brew ☕️🧊 without the mess: three jars, one cloth, no machine 🙌🏽",
        "https://kitchenbench.example/cold-brew",
        "Kitchen Bench",
        "A clean cotton cloth filters as well as paper and lasts about two hundred brews.",
        fit=0.78,
        age=4,
        words=300,
        kind="education",
    ),
    card(
        '<script>alert("kopi")</script> Barista & roaster: who earns <b>more</b>?',
        "https://upah.example/barista",
        "Upah <i>Kita</i>",
        "Median pay for a barista rose 6 % & a roaster's fell, says a survey of <1,200> shops.",
        topic=WORK,
        fit=0.77,
        age=9,
    ),
    card(
        "[Gratis](javascript:alert(1)) dan ![x](https://evil.example/p.png) untuk *semua* `kedai`",
        "https://promo.example/gratis?a=1&copy;=(2)",
        "Promo_Harian_",
        "# Bukan judul, 1. bukan daftar, | bukan tabel | dan https://evil.example bukan tautan.",
        lang="id",
        topic=WORK,
        fit=0.75,
        age=14,
        words=0,
    ),
    card(
        '=cmd|"/C calc"!A0 tops the list of the strangest café names of the year',
        "https://oddnames.example/2026",
        "Odd Names",
        "Half of the owners chose the name in less than an hour; one let a parrot decide.",
        topic=WORK,
        fit=0.74,
        age=30,
    ),
    card(
        "Dari dapur rumah ke tiga gerai: "
        + "cerita panjang seorang pemilik kedai yang menolak waralaba, memilih koperasi, " * 2
        + "dan tetap untung",
        "https://ceritausaha.example/koperasi",
        "Cerita Usaha",
        "Keuntungan dibagi rata setiap kuartal, dan tidak seorang pun keluar selama dua tahun terakhir. "
        "Menurut pemiliknya, rahasianya bukan resep melainkan jadwal kerja yang ditulis bersama setiap Senin pagi.",
        lang="id",
        topic=WORK,
        kind="quote",
        fit=0.73,
        age=33,
        words=2100,
    ),
    card(
        "Deposit cups reach the railway: what 40 stations learned in a year",
        "https://stationlife.example/deposit-cups",
        "Station Life",
        "Nine of ten cups came back, most of them within two days and often at another station.",
        topic=REFILL,
        fit=0.72,
        age=36,
        words=1500,
        others=(other("Gelas deposit di stasiun: sembilan dari sepuluh kembali", "relkita.example", "Rel Kita", "id"),),
    ),
    card(
        "Ampas kopi jadi pupuk: kedai di Yogyakarta mengirim dua ton setiap bulan",
        "https://kebunkota.example/ampas",
        "Kebun Kota",
        "Dua ton ampas sebulan cukup untuk memupuk sembilan kebun warga tanpa biaya angkut.",
        lang="id",
        topic=REFILL,
        fit=0.71,
        age=3,
        kind="soft-selling",
    ),
    card(
        "A guide to water for coffee that fits on one page",
        "https://waterlab.example/one-page",
        "Water Lab",
        "If you change only one thing, change the hardness: soft water hides sweetness.",
        fit=0.70,
        age=41,
        words=450,
        kind="education",
    ),
    card(
        "Why small cafés close on Tuesdays",
        "https://shopkeeper.example/tuesdays",
        "The Shopkeeper",
        "Tuesday brings one ninth of the week's takings and one sixth of its costs.",
        topic=WORK,
        fit=0.68,
        age=50,
    ),
    card(
        "Uji rasa: lima biji kopi lokal di bawah seratus ribu",
        "https://cicip.example/lima-biji",
        "Cicip",
        "Biji dari Flores menang tipis karena rasa cokelatnya bertahan meski diseduh dingin.",
        lang="id",
        fit=0.67,
        age=55,
        words=1100,
    ),
    card(
        "Le café filtre revient dans les bistrots parisiens",
        "https://zinc.example/cafe-filtre",
        "Le Zinc",
        "« On sert trois fois plus de filtre qu’il y a deux ans », raconte un patron du onzième arrondissement.",
        lang="fr",
        fit=0.66,
        age=62,
    ),
    card(
        "City council weighs a fee on throwaway cups from March",
        "https://citydesk.example/cup-fee",
        "City Desk",
        "The fee would be the price of a sachet of sugar, and shops would keep half of it.",
        topic=REFILL,
        fit=0.65,
        age=70,
    ),
    card(
        "Resep sirup gula aren untuk es kopi, tahan dua minggu",
        "https://dapur.example/sirup-aren",
        "Dapur Sore",
        "Simpan dalam botol kaca; setelah dua minggu rasanya berubah, bukan karena basi tetapi karena aromanya hilang.",
        lang="id",
        fit=0.63,
        age=80,
        words=260,
        kind="soft-selling",
    ),
    card(
        "What a broken grinder taught one barista about patience",
        "https://slowcup.example/grinder",
        "Slow Cup",
        "",
        excerpt="The burrs had been worn for a year before anyone tasted it.",
        fit=0.61,
        age=90,
        words=700,
    ),
)

MENTIONS = (
    Mention(
        watch="Our brand",
        item=card(
            "Isi ulang jadi kebiasaan baru di Dago",
            "https://harianpriangan.example/isi-ulang",
            "Harian Priangan",
            "Sejak program isi ulang dimulai, antrean di Kopi Senja memanjang sampai trotoar.",
            lang="id",
            topic=REFILL,
            age=3,
        ),
        sentence="Sejak program isi ulang dimulai, antrean di Kopi Senja memanjang sampai trotoar.",
    ),
    Mention(
        watch="Our brand",
        item=card("Sepuluh puisi untuk hujan pertama", "https://sajak.example/hujan", "Ruang Sajak", lang="id", fit=0.2, age=20),
        sentence="Segelas kopi, senja yang turun pelan, dan surat yang tak pernah dikirim.",
        certain=False,
    ),
)

FAILURES = (
    Failure(
        url="https://roastnotes.example/feed.xml",
        stage="fetch",
        reason="gone for good (410)",
        hint="curator feeds remove https://roastnotes.example/feed.xml",
        status=410,
        gone=True,
    ),
    Failure(url="https://beanweekly.example/rss", stage="fetch", reason="its certificate expired on 20 November 2026"),
    Failure(url="https://paywall.example/long-read", stage="robots", reason="robots.txt asks not to be read"),
)

REPORT = RunReport(
    brand="Kopi Senja",
    date=TODAY,
    generated_at=NOW,
    counts=Counts(feeds=64, feeds_unchanged=21, feeds_failed=2, entries=2310, new=418, articles=171, stories=390, listed=len(CARDS)),
    seconds=Seconds(fetch=6.1, extract=9.8, embed=20.4, rank=1.2, total=38.4),
    items=CARDS,
    mentions=MENTIONS,
    failures=FAILURES,
)

EMPTY = RunReport(
    brand="Kopi Senja",
    date=TODAY,
    generated_at=NOW,
    counts=Counts(feeds=64, feeds_unchanged=60, entries=40, new=12, articles=3, stories=11),
    seconds=Seconds(total=4.0),
)
