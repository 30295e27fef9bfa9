"""The words of the grammar: people, things, places, and small helpers to write English with them.

Half of what teaches a small model to copy from the question is variety here: a name or thing seen once in ten thousand
problems cannot be learnt by heart. So some names and nouns are real, and some are built from syllables on the spot.
"""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """A name with its pronouns: she/her/her or he/him/his."""

    name: str
    he: str
    him: str
    his: str


@dataclass(frozen=True)
class Thing:
    """A countable thing, singular and plural: apple, apples."""

    one: str
    many: str

    def __call__(self, count: int) -> str:
        return self.one if count == 1 else self.many


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GIRLS = _split("""
Sarah Emma Olivia Ava Mia Sophia Isabella Amelia Harper Evelyn Abigail Emily Ella Lily Grace Chloe Zoe Nora Hannah Lucy
Anna Alice Ruby Clara Rose Violet Hazel Ivy Julia Jane Kate Katie Laura Lisa Linda Mary Maria Megan Molly Nancy Natalie
Nina Paula Rachel Rebecca Sally Sandra Sara Stella Susan Tina Vera Victoria Wendy Yvonne Amy Andrea Angela Ashley Beth
Betty Brenda Carla Carmen Carol Cathy Cindy Daisy Dana Debbie Diana Donna Doris Edith Elena Ellen Erin Eva Fiona Freya
Georgia Gina Gloria Heidi Helen Holly Ines Irene Iris Jackie Janet Jasmine Jenny Jessica Jill Joan Joyce Judy June Karen
Kelly Lauren Leah Lena Lola Louise Mabel Marta Martha Maya Melissa Michelle Monica Naomi Nicole Pam Penny Phoebe Polly
Tara Tess Tracy Wanda Willow Aisha Amina Fatima Layla Leila Mariam Noor Salma Yasmin Zahra Zainab Samira Huda Rania
Priya Anjali Ananya Diya Kavya Meera Neha Pooja Riya Shreya Sita Lakshmi Divya Isha Radha Mei Ling Xiu Yan Hua Jing Lan
Yuki Sakura Hana Aiko Emi Keiko Naoko Haruka Min-ji Soo-ah Ji-woo Linh Mai Thuy Siti Dewi Putri Ayu Malia Leilani
Amara Ngozi Chioma Adaeze Imani Zuri Nia Abena Akua Thandi Lerato Naledi Wanjiru Makena Ife Sade Valentina Camila
Lucia Sofia Gabriela Ximena Paloma Rosa Pilar Marisol Guadalupe Beatriz Juana Chiara Giulia Francesca Bianca Amelie
Camille Juliette Margot Colette Greta Ingrid Astrid Sigrid Elsa Freja Saga Liv Katarina Olga Natasha Svetlana Irina
Anya Daria Zofia Kasia Agnieszka Ilse Anneke Saoirse Niamh Aoife Siobhan Bronwyn Eilidh Talia Shira Tamar Yael Rivka
""")

BOYS = _split("""
Tom Liam Noah Oliver James William Ben Lucas Henry Theo Jack Levi Mateo Daniel Michael Mason Ethan Logan Jacob Jackson
Samuel Sam David Joseph John Owen Luke Leo Adam Alan Albert Andrew Andy Anthony Arthur Barry Bill Billy Bob Brad Brian
Bruce Caleb Carl Charlie Chris Colin Connor Craig Dan Dave Dean Dennis Derek Doug Dylan Eddie Edward Eli Eric Evan Felix
Finn Frank Fred Gary George Gordon Graham Greg Harry Harvey Howard Hugo Ian Isaac Jake Jason Jeff Jeremy Jerry Jim Jimmy
Joe Joel Jonah Josh Juan Justin Keith Ken Kevin Kyle Larry Lenny Lewis Mark Martin Matt Max Mike Mitch Nathan Ned Neil
Nick Norman Oscar Pat Paul Peter Phil Ralph Ray Richard Rick Rob Robert Roger Ron Ross Roy Russell Ryan Scott Sean Seth
Simon Stan Steve Stuart Ted Tim Toby Todd Tony Tyler Victor Vince Walter Wayne Will Zach Ahmed Ali Omar Hassan Hamza
Ibrahim Yusuf Khalid Bilal Tariq Karim Rashid Mustafa Samir Jamal Idris Raj Arjun Rohan Ravi Vikram Amit Sanjay Anil
Dev Kiran Nikhil Aarav Vihaan Krishna Suresh Wei Jun Hao Ming Bo Feng Jian Hiro Kenji Takumi Haruto Ren Daichi Sota
Min-ho Joon Tae-yang Minh Duc Tuan Bao Budi Agus Rizal Keanu Kai Kwame Kofi Chidi Emeka Obi Tunde Femi Jabari Tendai
Sipho Thabo Kamau Otieno Zuberi Diego Carlos Miguel Luis Jose Pedro Pablo Javier Alejandro Rafael Santiago Emilio
Joaquin Ignacio Thiago Joao Bruno Caio Marco Luca Matteo Giovanni Enzo Paolo Pierre Jacques Antoine Remy Etienne Hans
Klaus Jurgen Lars Sven Erik Bjorn Nils Anders Magnus Ivan Dmitri Sergei Boris Pavel Marek Piotr Jakub Tomasz Milan
Ciaran Declan Cormac Rhys Dafydd Angus Hamish Ari Avi Noam Moshe Ezra Tane Wiremu Nikos Yannis Kostas Emre Mehmet
""")

SURNAMES = _split("""
Lee Patel Smith Garcia Kim Nguyen Brown Okafor Cohen Silva Jones Chen Novak Rossi Khan Miller Davis Lopez Wilson Ito
Tanaka Singh Murphy Kelly Ahmed Mensah Green White Baker Clark Hill Adams Mitchell Torres Park Wong Ivanov Jensen Dubois
""")

WOMEN_TITLES = ("Mrs.", "Ms.", "Miss", "Aunt", "Coach", "Dr.")
MEN_TITLES = ("Mr.", "Mr.", "Uncle", "Coach", "Dr.")
KIN_WOMEN = ("Grandma", "Mom", "Granny", "Mum", "Nana")
KIN_MEN = ("Grandpa", "Dad", "Grandad", "Pop")

THEMES: dict[str, str] = {  # "one/many" where the plural is not regular
    "fruit": "apple, banana, orange, pear, peach, plum, grape, cherry, lemon, lime, mango/mangoes, kiwi, apricot, fig, "
    "strawberry, blueberry, raspberry, melon, pineapple, coconut, tangerine, nectarine, papaya, pomegranate, date",
    "vegetables": "carrot, potato/potatoes, tomato/tomatoes, onion, cucumber, radish, turnip, pepper, pumpkin, "
    "cabbage, mushroom, beet, zucchini, eggplant, pea, bean, leek, chili/chilies",
    "food": "cookie, muffin, cupcake, donut, sandwich, bagel, pancake, waffle, brownie, egg, pretzel, cracker, taco, "
    "pizza, burger, hot dog, dumpling, meatball, bread roll, croissant, pie, tart, pastry, nut, walnut, almond, samosa",
    "sweets": "candy, lollipop, chocolate, gumdrop, jelly bean, mint, caramel, marshmallow, gummy bear, toffee, "
    "chocolate bar, peppermint, piece of candy/pieces of candy, truffle, licorice stick",
    "school": "pencil, pen, eraser, ruler, notebook, book, crayon, marker, folder, paper clip, highlighter, worksheet, "
    "textbook, glue stick, paintbrush, sheet of paper/sheets of paper, index card, binder, sharpener, flash card",
    "toys": "toy, ball, doll, toy car, marble, block, puzzle, kite, yo-yo, teddy bear, robot, balloon, toy train, "
    "top, whistle, drum, action figure, toy soldier, board game, bouncy ball, plastic dinosaur, video game",
    "collectibles": "stamp, sticker, coin, shell, seashell, rock, card, baseball card, postcard, badge, button, bead, "
    "gem, fossil, trading card, magnet, key chain, comic book, poster, bottle cap, feather, pebble, medal, token",
    "clothes": "shirt, hat, scarf/scarves, sock, glove, mitten, cap, belt, dress, sweater, T-shirt, jacket, tie, "
    "necklace, bracelet, ribbon, handkerchief, skirt, coat, ring, headband",
    "garden": "flower, rose, tulip, daisy, sunflower, lily, seed, bulb, leaf/leaves, pine cone, acorn, flower pot, "
    "seedling, daffodil, orchid, cactus/cacti, herb plant, twig, petal, carnation",
    "sports": "tennis ball, golf ball, football, baseball, basketball, trophy, ticket, bat, racket, helmet, frisbee, "
    "jump rope, cone, jersey, water bottle, skateboard, hockey puck, volleyball",
    "home": "cup, plate, spoon, fork, knife/knives, bowl, candle, towel, pillow, lamp, battery, glass, napkin, mug, "
    "jar of jam/jars of jam, can of soup/cans of soup, blanket, photo, key, light bulb, magazine, clothespin, vase",
    "workshop": "nail, screw, brick, tile, bolt, board, rope, hammer, stick, pipe, wheel, tire, hook, washer, hinge",
    "parcels": "letter, package, envelope, parcel, newspaper, gift, present, invitation, greeting card, bottle, "
    "can, flyer, leaflet, calendar",
}
ANIMALS = (
    "dog, cat, rabbit, hamster, goldfish/goldfish, fish/fish, chicken, duck, cow, sheep/sheep, goat, pig, horse, hen, "
    "turtle, parrot, frog, mouse/mice, goose/geese, donkey, lamb, puppy, kitten, snail, bee, butterfly, ladybug, ant, "
    "turkey, pony, deer/deer, llama, alpaca, guinea pig, lizard, pigeon, duckling, chick, calf/calves"
)
EDIBLE = ("fruit", "food", "sweets", "vegetables")

CONTAINERS = (
    "box, bag, basket, jar, bucket, crate, tray, packet, drawer, carton, bowl, bin, chest, tin, case, "
    "sack, tub, cupboard, pouch, suitcase, container, cart"
)
PACKS = "pack, packet, box, bag, carton, set, case, bundle, crate"
COLOURS = _split(
    "red blue green yellow orange purple pink white black brown gray silver gold turquoise beige violet maroon"
)
PLACES = (
    "at the market", "at school", "in the kitchen", "in the garden", "at the library", "at the park", "at the farm",
    "on the beach", "at the fair", "in the garage", "at home", "at work", "at camp", "at the shop", "at the museum",
    "in the classroom", "at the zoo", "in the attic", "at the picnic", "at the club",
)  # fmt: skip
NUMBER_WORDS = _split(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
ONSETS = _split("b br c ch d dr f fl g gr h j k kl l m n p pl qu r s sh sn st t tr v w y z")
RHYMES = _split("a e i o u ar el en il in on or um an ip ob")

IDLE = (
    "{n} likes math.", "It is a sunny day.", "It was raining outside.", "{n} lives in a small town.",
    "{n} has a dog named Biscuit.", "{n} is in a good mood.", "{n} loves to read.", "The weather is cold.",
    "{n}'s favorite color is {c}.", "{n} is wearing a {c} hat.", "It is a busy morning.", "{n} saw {f} {p} yesterday.",
    "Everyone is having fun.", "{n} has a {c} bicycle.", "{n} wants to be a pilot.", "It is almost time for lunch.",
    "{n} is very careful with numbers.", "{n} has a best friend called {f}.", "{n} listens to music all day.",
)  # fmt: skip
IDLE_WITH_NUMBER = (
    "{n} is {age} years old.", "It is {hour} o'clock.", "{n} lives at number {k}.", "{n} has {few} brothers.",
    "{n} has {few} sisters.", "{n} woke up at {hour} o'clock.", "It is {k} degrees outside.",
    "{n} walked for {k} minutes today.", "{n}'s classroom has {few} windows.", "{n} has {few} pets.",
    "{n} lives {few} miles from school.", "{n} has read {few} books this year.", "{n}'s house has {few} rooms.",
    "{n}'s cousin {f} is {age} years old.", "{n} met {f} {p} {few} days ago.", "{n} slept for {hour} hours last night.",
)  # fmt: skip


def plural(word: str) -> str:
    """The regular plural of an English noun."""
    if word.endswith(("s", "x", "ch", "sh", "z")):
        return word + "es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


def _parse(text: str) -> tuple[Thing, ...]:
    pairs = (entry.partition("/") for entry in text.split(", "))
    return tuple(Thing(one, many or plural(one)) for one, _, many in pairs)


_THEMES = {theme: _parse(text) for theme, text in THEMES.items()} | {"animals": _parse(ANIMALS)}
_CONTAINERS = _parse(CONTAINERS)
_PACKS = _parse(PACKS)


def _syllables(rng: random.Random, count: int) -> str:
    return "".join(rng.choice(ONSETS) + rng.choice(RHYMES) for _ in range(count))


def _person(rng: random.Random) -> Person:
    woman = rng.random() < 0.5
    kind = rng.random()
    if kind < 0.15:
        ends = ("a", "ia", "elle", "ina", "y") if woman else ("o", "us", "en", "ik", "ard", "et")
        stem = _syllables(rng, rng.choice((1, 1, 2)))
        name = (stem.rstrip("aeiou") + rng.choice(ends)).capitalize()
    elif kind < 0.22:
        name = f"{rng.choice(WOMEN_TITLES if woman else MEN_TITLES)} {rng.choice(SURNAMES)}"
    elif kind < 0.24:
        name = rng.choice(KIN_WOMEN if woman else KIN_MEN)
    else:
        name = rng.choice(GIRLS if woman else BOYS)
    return Person(name, "she", "her", "her") if woman else Person(name, "he", "him", "his")


def people(rng: random.Random, count: int) -> list[Person]:
    """`count` people with different names."""
    drawn: dict[str, Person] = {}
    while len(drawn) < count:
        person = _person(rng)
        drawn[person.name] = person
    return list(drawn.values())


def _invented(rng: random.Random) -> Thing:
    stem = _syllables(rng, rng.choice((1, 2))) + rng.choice(("dget", "ggle", "mp", "dle", "zzer", "nk", "bbit", "ft"))
    return Thing(stem, plural(stem))


def things_of(rng: random.Random, themes: tuple[str, ...], count: int) -> list[Thing]:
    """`count` different things of one of `themes`: those of `THEMES`, or "animals"."""
    return rng.sample(_THEMES[rng.choice(themes)], count)


def theme(name: str) -> tuple[Thing, ...]:
    """The things of one theme: one of `THEMES`, or "animals"."""
    return _THEMES[name]


def foods(rng: random.Random, count: int) -> list[Thing]:
    """`count` different things that one can eat."""
    return things_of(rng, EDIBLE, count)


def things(rng: random.Random, count: int) -> list[Thing]:
    """`count` different everyday things that one can hold, mostly of one theme; now and then invented ones."""
    kind = rng.random()
    if kind < 0.06:
        return list({thing.one: thing for thing in (_invented(rng) for _ in range(count * 9))}.values())[:count]
    if kind < 0.85:
        return things_of(rng, tuple(THEMES), count)
    return [_THEMES[theme][rng.randrange(len(_THEMES[theme]))] for theme in rng.sample(tuple(THEMES), count)]


def containers(rng: random.Random, count: int) -> list[Thing]:
    """`count` different things that hold others: box, basket, shelf."""
    return rng.sample(_CONTAINERS, count)


def packs(rng: random.Random, count: int) -> list[Thing]:
    """`count` different units in which things are sold: pack, box, carton."""
    return rng.sample(_PACKS, count)


def colours(rng: random.Random, count: int) -> list[str]:
    """`count` different colours."""
    return rng.sample(COLOURS, count)


def place(rng: random.Random) -> str:
    """Where something happens, preposition included: at the market."""
    return rng.choice(PLACES)


def spelled(n: int) -> str:
    """The number in words up to twenty, in digits above."""
    return NUMBER_WORDS[n] if 0 <= n <= 20 else str(n)


def number(rng: random.Random, n: int) -> str:
    """The number as people write it: mostly digits, small ones sometimes in words."""
    return spelled(n) if rng.random() < 0.15 else str(n)


def a(noun: str) -> str:
    """The noun with its article: an apple, a box."""
    return f"{'an' if noun[0].lower() in 'aeiou' else 'a'} {noun}"


def capital(sentence: str) -> str:
    """The sentence with its first letter capital, the rest as it was."""
    return sentence[:1].upper() + sentence[1:]


def aside(rng: random.Random, who: Person | None = None) -> str:
    """A sentence that does not matter, about `who` or somebody else; about half of them hold a number."""
    one, friend = people(rng, 2)
    sentence = rng.choice(IDLE if rng.random() < 0.5 else IDLE_WITH_NUMBER)
    return sentence.format(
        n=(who or one).name, f=friend.name, c=rng.choice([c for c in COLOURS if c != "orange"]), p=place(rng),
        age=rng.randint(6, 40), hour=rng.randint(5, 11), few=rng.randint(2, 9), k=rng.randint(10, 95),
    )  # fmt: skip
