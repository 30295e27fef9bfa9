"""Problems that are solved by guess and check: a solution tries a number, works out what follows from it, and says so.

They are where thinking again pays: whether a guess was right can be seen from its own check, and a wrong one says which
way to go. Every solution starts with `Try` and the guess, one line compares what must be with what came out, and the
last one comes back to the guess, whatever it was worth: whoever wrote it does not judge it. The table is written as
`drr.grammar.stories` describes.
"""

from drr.grammar.stories import register

GUESSES = """
== tickets
-- n=5..9 a=5..12 b=2..7 x=2..n-2 y=n-x t=a*x+b*y ?a>b ?t<=200
t: A (theater|cinema|museum|pool) (sells/sold) [n] tickets for $[t] in all. Adults (pay/paid) $[a] and children
  (pay/paid) $[b]. How many adults (are/were) there?
t: [n] people (go/went) to the (zoo|circus|fair). Tickets (are/were) $[a] for an adult and $[b] for a child, and they
  (pay/paid) $[t] together. How many of them (are/were) adults?
t: A group of [n] adults and children (pays/paid) $[t] to (get in|see the show). An adult (pays/paid) $[a], a child
  $[b]. Find the number of adults.
t: It (costs/cost) $[a] for each adult and $[b] for each child to visit the (castle|aquarium|park). [n] visitors
  (pay/paid) $[t]. How many adults (visit/visited) it?
t: Adult tickets (cost/cost) $[a] and child tickets $[b]. [A] (buys/bought) [n] tickets for $[t]. How many adult tickets
  (does/did) [he] buy?
s: Try [x] adults: {y=n-x} are children.
s: The adults pay {c=x*a}. | [x] adults pay {c=x*a}.
s: The children pay {d=y*b}. | [y] children pay {d=y*b}.
s: Together they pay {e=c+d}.
s: compare t e
s: So there are {g=n-y} adults.
-- n=5..9 a=2..7 b=5..12 x=2..n-2 y=n-x t=a*x+b*y ?b>a ?t<=200
t: A (theater|cinema|museum|pool) (sells/sold) [n] tickets for $[t] in all. Adults (pay/paid) $[b] and children
  (pay/paid) $[a]. How many children (are/were) there?
t: [n] people (go/went) to the (zoo|circus|fair). Tickets (are/were) $[b] for an adult and $[a] for a child, and they
  (pay/paid) $[t] together. How many of them (are/were) children?
t: A child (pays/paid) $[a] and an adult $[b] at the (gate|museum|show). [n] people (pay/paid) $[t]. Find the number of
  children.
t: Child tickets (cost/cost) $[a] and adult tickets $[b]. [A] (buys/bought) [n] tickets for $[t]. How many child tickets
  (does/did) [he] buy?
s: Try [x] children: {y=n-x} are adults.
s: The children pay {c=x*a}. | [x] children pay {c=x*a}.
s: The adults pay {d=y*b}. | [y] adults pay {d=y*b}.
s: Together they pay {e=c+d}.
s: compare t e
s: So there are {g=n-y} children.
== shop
-- n=5..9 a=2..12 b=2..12 x=2..n-2 y=n-x t=a*x+b*y ?a!=b ?t<=200 T~@fruit U~@fruit
t: [A] (buys/bought) [n] pieces of fruit for $[t]. Each [T] (costs/cost) $[a] and each [U] (costs/cost) $[b]. How many
  [Ts] (does/did) [he] buy?
t: At the market, [an:T] (costs/cost) $[a] and [an:U] $[b]. [A] (takes/took) [n] of them and (pays/paid) $[t]. How many
  of them (are/were) [Ts]?
t: [A] (spends/spent) $[t] on [Ts] for $[a] each and [Us] for $[b] each. There (are/were) [n] in all. How many [Ts]
  (are/were) there?
t: [n] [Ts] and [Us] (cost/cost) $[t] together. [an:T] (costs/cost) $[a], [an:U] $[b]. Find the number of [Ts].
t: A basket (holds/held) [n] [Ts] and [Us] worth $[t]. [Ts] (are/were) $[a] each, [Us] $[b] each. How many [Ts]
  (are/were) in the basket?
s: Try [x] [Ts]: {y=n-x} are [Us].
s: The [Ts] cost {c=x*a}. | [x] [Ts] cost {c=x*a}.
s: The [Us] cost {d=y*b}. | [y] [Us] cost {d=y*b}.
s: Together that is {e=c+d}.
s: compare t e
s: So there are {g=n-y} [Ts].
-- n=5..9 a=2..12 b=2..12 x=2..n-2 y=n-x t=a*x+b*y ?a!=b ?t<=200 T~pen,pencil,eraser,ruler,marker,crayon
  U~notebook,sketchbook,folder,stapler,calendar
t: [A] (buys/bought) [Ts] for $[a] each and [Us] for $[b] each. [He] (pays/paid) $[t] for [n] things. How many [Ts]
  (does/did) [he] buy?
t: A school (orders/ordered) [n] [Ts] and [Us] for $[t]. [an:T] (costs/cost) $[a], [an:U] $[b]. How many [Ts] (does/did)
  it order?
t: [an:U] (costs/cost) $[b] and [an:T] (costs/cost) $[a]. Together [n] of them (cost/cost) $[t]. How many of them
  (are/were) [Ts]?
t: The bill for [n] [Ts] and [Us] (is/was) $[t]. A shop (sells/sold) the [Ts] for $[a] and the [Us] for $[b] each. What
  (is/was) the number of [Ts]?
s: Try [x] [Ts]: {y=n-x} are [Us].
s: The [Ts] cost {c=x*a}. | [x] [Ts] cost {c=x*a}.
s: The [Us] cost {d=y*b}. | [y] [Us] cost {d=y*b}.
s: Together that is {e=c+d}.
s: compare t e
s: So there are {g=n-y} [Ts].
== coins
-- n=5..9 a=5,10,20,25 b=5,10,20,2 x=2..n-2 y=n-x t=a*x+b*y ?a!=b ?t<=200 v~coin,stamp,token
t: [A] (has/had) [n] [vs] worth [t] cents. Some (are/were) [a]-cent [vs], the others [b]-cent [vs]. How many [a]-cent
  [vs] (does/did) [he] have?
t: In a (jar|box|drawer) there (are/were) [n] [vs]: some of [a] cents and some of [b] cents. Together they (are/were)
  worth [t] cents. How many of them (are/were) worth [a] cents?
t: [n] [vs] of [a] and of [b] cents (make/made) [t] cents. How many [a]-cent [vs] (are/were) there?
t: [A] (pays/paid) [t] cents with [n] [vs], each worth [a] or [b] cents. Find the number of [a]-cent [vs].
s: Try [x] of [a] cents: {y=n-x} are of [b] cents.
s: The first are worth {c=x*a}. | [x] of them are worth {c=x*a}.
s: The others are worth {d=y*b}. | [y] are worth {d=y*b}.
s: Together they are worth {e=c+d}.
s: compare t e
s: So there are {g=n-y} of [a] cents.
== holders
-- n=5..9 a=2..12 b=2..12 x=2..n-2 y=n-x t=a*x+b*y ?a!=b ?t<=200 v~table,boat,van,tent,room,cabin
t: There (are/were) [n] [vs] for [t] guests. Some [vs] (have/had) room for [a] and the others for [b], and all
  (are/were) full. How many [vs] (have/had) room for [a]?
t: [t] people (fill/filled) [n] [vs]. Some (take/took) [a] people, the others [b]. How many [vs] (take/took) [a]?
t: A camp (has/had) [n] [vs], some for [a] people and some for [b]. In all [t] people (fit/could fit). How many [vs] for
  [a] people (are/were) there?
t: [n] [vs] (hold/held) [t] children in all. Each [v] (holds/held) either [a] or [b] children. Find the number of [vs]
  with [a] children.
s: Try [x] for [a]: {y=n-x} are for [b].
s: The first hold {c=x*a}. | [x] of them hold {c=x*a}.
s: The others hold {d=y*b}. | [y] hold {d=y*b}.
s: Together they hold {e=c+d}.
s: compare t e
s: So there are {g=n-y} for [a].
-- n=5..9 a=4..15 b=2..12 x=2..n-2 y=n-x t=a*x+b*y ?a>b ?t<=200 T~egg,muffin,candle,cookie,marble,battery/batteries
t: [T] boxes come in two sizes. A large box (holds/held) [a] [Ts], a small box [b]. [n] boxes (hold/held) [t] [Ts] in
  all. How many large boxes (are/were) there?
t: [A] (packs/packed) [t] [Ts] into [n] full boxes. The large boxes (hold/held) [a] [Ts] each, the small ones [b]. How
  many large boxes (does/did) [he] use?
t: A shop (sells/sold) [n] boxes of [Ts], large ones with [a] and small ones with [b]. That (makes/made) [t] [Ts]. How
  many of the boxes (are/were) large?
s: Try [x] large ones: {y=n-x} are small.
s: The large ones hold {c=x*a}. | [x] large ones hold {c=x*a}.
s: The small ones hold {d=y*b}. | [y] small ones hold {d=y*b}.
s: Together they hold {e=c+d}.
s: compare t e
s: So there are {g=n-y} large ones.
== points
-- n=5..9 a=3 b=2 x=2..n-2 y=n-x t=a*x+b*y
t: A basketball team (scores/scored) [t] points with [n] shots. Each shot (is/was) worth 2 or 3 points. How many shots
  (are/were) worth 3 points?
t: [A] (makes/made) [n] shots for [t] points, some for 3 points and some for 2. How many of them (are/were) for 3
  points?
t: In a game, [A] (hits/hit) [n] baskets, each for 2 or 3 points, and (has/had) [t] points in the end. Find the number
  of baskets for 3 points.
s: Try [x] for 3 points: {y=n-x} are for 2.
s: The first give {c=x*3}. | [x] of them give {c=x*3}.
s: The others give {d=y*2}. | [y] give {d=y*2}.
s: Together they give {e=c+d}.
s: compare t e
s: So there are {g=n-y} for 3 points.
-- n=6..10 a=3..10 b=1..4 x=3..n-2 y=n-x t=a*x-b*y ?t>=4 ?t<=190 ?b*y>=2
t: A (quiz|test|contest) (has/had) [n] questions. A right answer (gives/gave) [a] points, a wrong one (takes/took) [b]
  away. [A] (answers/answered) all and (has/had) [t] points. How many of the answers (are/were) right?
t: [A] (gets/got) [a] points for each right answer and (loses/lost) [b] for each wrong one. After [n] answers [he]
  (has/had) [t] points. How many answers (are/were) right?
t: With [n] answers, [A] (scores/scored) [t] points: [a] for a right answer, minus [b] for a wrong one. Find the number
  of right answers.
s: Try [x] right ones: {y=n-x} are wrong.
s: The right ones give {c=x*a}. | [x] right ones give {c=x*a}.
s: The wrong ones take {d=y*b} away. | [y] wrong ones take {d=y*b}.
s: That leaves {e=c-d}.
s: compare t e
s: So there are {g=n-y} right ones.
== product
-- x=3..12 y=2..x-1 s=x+y p=x*y ?p<=200
t: Two numbers (add up to|have a sum of) [s], and their product is [p]. What is the larger number?
t: [A] (thinks/thought) of two numbers. Their sum (is/was) [s] and their product [p]. Which (is/was) the larger one?
t: If you add two numbers you get [s]; if you multiply them you get [p]. Find the larger one.
t: [A] and [B] (are/were) [s] years old together. The product of their ages (is/was) [p], and [A] (is/was) older. How
  old (is/was) [A]?
t: The length and the width of a (garden|room|field|rug) (are/were) [s] meters together. Its area (is/was) [p] square
  meters. How long (is/was) the longer side in meters?
t: [A] (has/had) more marbles than [B]. Together they (have/had) [s], and the product of the two numbers (is/was) [p].
  How many (does/did) [A] have?
s: Try [x]: the other one is {y=s-x}.
s: The product is {e=x*y}. | Their product is {e=x*y}.
s: compare p e
s: So the larger one is {g=s-y}.
-- x=4..12 y=2..x-1 k=x-y p=x*y ?p<=200
t: One number is [k] more than another. Their product is [p]. What is the larger number?
t: [A] (is/was) [k] years older than [B]. The product of their ages (is/was) [p]. How old (is/was) [A]?
t: A (garden|room|field|rug) (is/was) [k] meters longer than it (is/was) wide. Its area (is/was) [p] square meters. How
  long (is/was) it in meters?
t: The difference of two numbers is [k] and their product is [p]. Find the larger one.
s: Try [x]: the other one is {y=x-k}.
s: The product is {e=x*y}. | Their product is {e=x*y}.
s: compare p e
s: So the larger one is {g=y+k}.
== meeting
-- w=2..7 a=2..9 b=3..12 m=10..90 d=b-a k=m-d*w ?b>a ?k>=2 ?m+a*w<=200
t: [A] (has/had) $[m] and (saves/saved) $[a] each week. [B] (has/had) $[k] and (saves/saved) $[b] each week. After how
  many weeks (do/did) they have the same amount?
t: [A] (has/had) [m] (stickers|cards|coins) and (gets/got) [a] more every day. [B] (has/had) [k] and (gets/got) [b] more
  every day. After how many days (do/did) they have equally many?
t: One plant (is/was) [m] cm high and (grows/grew) [a] cm a week. Another (is/was) [k] cm high and (grows/grew) [b] cm a
  week. After how many weeks (are/were) they of the same height?
t: A club with [m] members (wins/won) [a] new ones a month, a club with [k] members [b] a month. In how many months
  (are/were) they of the same size?
s: Try [w]: the first one adds {c=w*a}.
s: The first one has {e=m+c} then.
s: The second one adds {f=w*b}.
s: The second one has {h=k+f} then.
s: compare e h
s: So it takes {g=f/b}.
-- x=2..8 k=2,3,4 j=3..15 m=(j+x)*k-x ?m<=90 ?(j+x)*k<=200
t: [A] (is/was) [m] years old and [B] (is/was) [j]. In how many years (is/was) [A] [k] times as old as [B]?
t: [B] (is/was) [j] and [A] (is/was) [m] years old. After how many years (is/was) [A]'s age [k] times [B]'s age?
t: A (mother|father|teacher|coach) (is/was) [m] years old and [B] [j]. In how many years (is/was) the older one [k]
  times as old as the younger one?
s: Try [x]: the younger one is {y=j+x}.
s: The older one is {c=m+x}.
s: [k] times the younger age is {e=y*k}.
s: compare c e
s: So it takes {g=y-j} years.
== days
-- n=5..9 a=2..15 b=2..15 x=2..n-2 y=n-x t=a*x+b*y ?a!=b ?t<=200
t: [A] (trains/trained) on [n] days. On some days [he] (runs/ran) [a] km, on the others [b] km, [t] km in all. On how
  many days (does/did) [he] run [a] km?
t: In [n] days [A] (reads/read) [t] pages: [a] pages on some days and [b] on the others. On how many days (does/did)
  [he] read [a] pages?
t: [A] (works/worked) [n] days and (earns/earned) $[t]. On some days [he] (earns/earned) $[a], on the others $[b]. How
  many days (bring/brought) $[a]?
t: A baker (sells/sold) [t] cakes in [n] days: either [a] or [b] a day. On how many days (is/was) it [a]?
s: Try [x] days of [a]: {y=n-x} are of [b].
s: The first make {c=x*a}. | [x] days of [a] make {c=x*a}.
s: The others make {d=y*b}. | [y] days of [b] make {d=y*b}.
s: Together they make {e=c+d}.
s: compare t e
s: So there are {g=n-y} days of [a].
"""

GUESS_FAMILIES = register("guess", GUESSES)
