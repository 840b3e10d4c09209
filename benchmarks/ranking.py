# ruff: noqa: S311, S603, T201 - a script that makes texts by chance, starts itself, and prints what it found
"""How fast a day of new items is ranked, and how much memory it takes, beside embedding every full text the plain way.

    python benchmarks/ranking.py [--items 1000] [--sample 60]

Items are new to the engine: title and summary of all, whole texts of those that the first look chose. Counted from the
start of a process to its end: loading the models, the first look, the reading, the fits, the stories, the choice, the
evidence. The plain way is sentence-transformers in float32, all whole texts, the first encoder alone, batches of 32; a
sample is timed, model loaded and warm, and scaled up.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from curator.core.brand import Brand, Topic
from curator.core.item import Item, Source
from curator.ranking.pipeline import Ranker

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
TOPICS = {
    "Coffee": "Petani kopi, roasting, cara seduh, kedai kopi lokal",
    "Waste": "Mengurangi sampah plastik: kemasan ramah lingkungan, isi ulang, daur ulang",
    "Small business": "Modal, pembukuan, dan pinjaman untuk usaha kecil",
    "Social media": "Social media strategy for brands: content planning, engagement, platform changes",
    "Craft": "Batik, tenun, dan perajin kain tradisional",
}
# Subjects by language, three lines each: who; did what; and how. The first five of each are what the topics ask for.
WORLD = {
    "id": """Petani kopi di lereng Gayo/Roastery kecil di Malang/Barista muda itu/Koperasi petani arabika
menjemur gabah di para-para/menyangrai biji lebih terang/mencoba rasio seduh baru/menjual langsung ke kedai
supaya rasa manisnya keluar/sejak harga di pengepul turun/dengan gilingan yang lebih halus/sampai pembeli dari Jepang datang
Gerai minuman di pusat kota/Warga kompleks itu/Toko isi ulang/Pemulung di tepi kali
menolak gelas plastik sekali pakai/memilah botol bekas setiap pagi/meminjamkan wadah dengan deposit/mengolah sisa dapur menjadi kompos
agar truk sampah tidak penuh/setelah aturan wali kota terbit/dan biayanya turun separuh/walau pabrik daur ulang jauh
Pemilik warung/Pedagang pasar/Bank daerah/Pendamping usaha kecil
mencatat uang masuk dan keluar/mengajukan pinjaman tanpa agunan/menghitung ulang harga pokok/memisahkan kas dari uang dapur
supaya modal tidak habis/dengan bunga enam persen setahun/dalam buku tulis biasa/karena pemasok minta tunai
Admin akun sebuah merek/Pembuat konten/Tim pemasaran kecil/Platform video pendek
menyusun kalender unggahan sebulan/mengubah cara kerja algoritma/menguji dua takarir berbeda/membalas komentar dalam satu jam
agar jangkauan tidak turun/berdasarkan angka simpan dan bagikan/sebelum kampanye dimulai/tanpa memasang iklan
Pembatik tulis di Lasem/Penenun Sumba/Sanggar kain itu/Perajin pewarna alam
mengajari anak muda mencanting/menenun motif kuda berbulan-bulan/mencelup benang ke indigo/memamerkan selendang tua
demi menjaga motif leluhur/dengan bayaran harian/di rumah panggung peninggalan nenek/sebelum musim hujan tiba
Pelatih timnas/Penjaga gawang tuan rumah/Klub ibu kota/Wasit pertandingan
menahan gempuran lawan/mengganti bek di babak kedua/menang lewat adu penalti/memuji penonton
di stadion yang penuh/meski hujan sejak sore/dan naik ke peringkat kedua/tanpa kartu merah
Jaksa penuntut/Bupati nonaktif/Majelis hakim/Penyidik
menyita dua mobil mewah/membacakan dakwaan suap/menolak permohonan tahanan kota/memeriksa delapan saksi
dalam perkara izin tambang/setelah sidang ditunda/di pengadilan tipikor/sampai larut malam""",
    "en": """A roaster in Leeds/The growers' cooperative/A café owner/Sumatran farmers
lowered the roasting temperature/bought cherries directly from the hill/ground the beans a little finer/tasted twelve lots of arabica
so that the cup stays sweet/because prices at origin rose/before the harvest was over/while rivals sold instant
A refill shop/The city council/Volunteers on the beach/A packaging start-up
banned single-use cups/pressed seaweed into wrappers/sorted caps from bottles/lent jars against a deposit
to keep plastic out of the river/after a year of trials/and halved the waste/although recycling plants are far away
A shopkeeper/Microlenders/The accountant/Street vendors
kept a simple ledger/borrowed against digital receipts/cut the price of slow stock/separated wages from savings
so that cash lasts the month/with no collateral at all/until the landlord agreed/when suppliers asked for cash
A brand's social team/The short-video app/Creators/A small agency
changed how the feed is ranked/planned a month of carousels/measured saves instead of likes/answered every comment
to win back its reach/before the campaign began/without paying for ads/as captions grew longer
Weavers in Sumba/An indigo dyer/The museum of textiles/A batik studio
waxed the pattern by hand/dipped each cloth thirty times/taught apprentices the old motifs/bought yarn spun at home
to keep the craft alive/in a yard behind the house/with dye from leaves/for a show next spring
The central bank/Bond traders/A chip maker/The finance minister
held interest rates steady/raised its outlook for the year/sold long-dated debt/warned about a weak currency
as inflation slowed/in late trading/despite poor exports/after a meeting of two days
Surgeons/A telescope team/Marine biologists/The vaccine laboratory
found water around a distant star/repaired a valve through a vein/counted whales from a drone/tested a cheaper dose
in a trial with mice/over nine long hours/with help from volunteers/according to a first report""",
}
BRAND = Brand(name="Benchmark", language="id", reads=("id", "en"), topics=tuple(Topic(name=n, about=a) for n, a in TOPICS.items()))
PAGES, FITTING = 250, 0.35
SYLLABLES = ["ba", "da", "ka", "la", "ma", "na", "pa", "ra", "sa", "ta", "wi", "lo", "ru", "mi", "to", "ne"]


def main() -> None:
    wish = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wish.add_argument("--items", type=int, default=1000)
    wish.add_argument("--sample", type=int, default=60, help="texts that the plain way is timed with")
    wish.add_argument("--alone", choices=("curator", "plain"), help=argparse.SUPPRESS)
    given = wish.parse_args()
    if given.alone:
        print(json.dumps(_curator(given.items) if given.alone == "curator" else _plain(given.items, given.sample)))
        return
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before", flush=True)
    ours, plain = (_in_a_process(name, given) for name in ("curator", "plain"))
    print(f"load {os.getloadavg()[0]:.1f} after\n")
    _show(ours, plain, given)


def world(n: int) -> tuple[list[Item], dict[str, str]]:
    """New items, and the whole texts of all."""
    chance = random.Random(7)
    items, texts = [], {}
    for number in range(n):
        lang = chance.choice(("id", "en"))
        lines = WORLD[lang].split("\n")
        start = 3 * (chance.randrange(5) if chance.random() < FITTING else chance.randrange(5, len(lines) // 3))
        subject = [line.split("/") for line in lines[start : start + 3]]
        said = [_sentence(subject, chance) for _ in range(chance.randint(12, 40))]
        item = _item(number, lang, said)
        items.append(item)
        texts[item.id] = "\n".join(" ".join(said[at : at + 4]) for at in range(0, len(said), 4))
    return items, texts


def _sentence(subject: list[list[str]], chance: random.Random) -> str:
    name = "".join(chance.choice(SYLLABLES) for _ in range(3)).capitalize()
    who, did, how = (chance.choice(part) for part in subject)
    return f"{who}, {name}, {did} {how}, {chance.randint(3, 90)}."


def _item(number: int, lang: str, said: list[str]) -> Item:
    url = f"https://s{number % 40}.example/{number}"
    when = NOW - timedelta(minutes=number)
    source = Source(title=f"Site {number % 40}", feed=f"https://s{number % 40}.example/feed")
    title, summary = said[0].rstrip("."), " ".join(said[1:3])
    return Item(id=f"i{number:07}", url=url, title=title, source=source, published=when, found=when, lang=lang, summary=summary)


def _curator(count: int) -> dict[str, Any]:
    from curator.ranking import embed, pipeline
    from curator.storage.spaces import MemorySpaces
    from curator.storage.vectors import MemoryVectors

    items, texts = world(count)
    started = time.perf_counter()
    engine = embed.open_engine("embedded", MemoryVectors(), MemoryVectors(), MemorySpaces())
    worth = {item.id for item in Ranker(BRAND, engine).worth_reading(items, NOW)[:PAGES]}
    looked = time.perf_counter()
    read = [replace(item, depth="article") if item.id in worth else item for item in items]
    judged = Ranker(BRAND, engine).score(read, {id_: texts[id_] for id_ in worth}, NOW)
    scored = time.perf_counter()
    made = Ranker(BRAND, engine).shortlist(judged, pipeline.History(now=NOW, today=NOW.date()))
    done = time.perf_counter()
    laps = {"first look": looked - started, "reading, fits": scored - looked, "stories, choice, evidence": done - scored}
    return {"laps": laps, "cpu": _cpu(), "peak": _peak(), "pages": len(worth), "listed": len(made.cards)}


def _plain(count: int, sample: int) -> dict[str, Any]:
    import torch

    from curator.ranking.embed import e5, precision, weights

    precision.fast = lambda: torch.float32
    model = e5.model(weights.E5.verified())
    texts = list(world(count)[1].values())
    model.encode_document(texts[:4], batch_size=32, show_progress_bar=False)
    some = random.Random(1).sample(texts, min(sample, count))
    started, used = time.perf_counter(), _cpu()
    model.encode_document(some, batch_size=32, show_progress_bar=False)
    spent, used = time.perf_counter() - started, _cpu() - used
    scale = count / len(some)
    return {"seconds": spent * scale, "cpu": used * scale, "measured": spent, "sample": len(some), "peak": _peak()}


def _cpu() -> float:
    """Seconds of both kinds that this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak() -> float:
    """MiB resident at most so far in this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1 << 20)


def _in_a_process(name: str, given: argparse.Namespace) -> dict[str, Any]:
    command = [sys.executable, __file__, "--alone", name, "--items", str(given.items), "--sample", str(given.sample)]
    started = time.perf_counter()
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return json.loads(said) | {"process": time.perf_counter() - started}


def _show(ours: dict[str, Any], plain: dict[str, Any], given: argparse.Namespace) -> None:
    print(f"{given.items} new items, {ours['pages']} pages read, {ours['listed']} listed\n")
    print(f"{'':44}{'seconds':>9}{'CPU s':>9}{'items/s':>9}{'peak MiB':>10}")
    name = f"plain, {plain['sample']} texts in {plain['measured']:.1f} s, scaled up"
    for what, seconds, told in (("curator, the whole process", ours["process"], ours), (name, plain["seconds"], plain)):
        print(f"{what:44}{seconds:9.1f}{told['cpu']:9.1f}{given.items / seconds:9.1f}{told['peak']:10.0f}")
    print("curator's laps: " + ", ".join(f"{lap} {spent:.1f} s" for lap, spent in ours["laps"].items()))
    times = plain["seconds"] / ours["process"], plain["cpu"] / ours["cpu"]
    print(f"the plain way takes {times[0]:.1f} times as long, and {times[1]:.1f} times the CPU")


if __name__ == "__main__":
    main()
