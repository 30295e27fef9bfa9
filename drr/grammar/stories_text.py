"""The table of `stories`: what its families draw, and how they are told, asked and solved."""

STORIES = """
== classes
-- a=2..9 b=11..30 ?a*b<=200 v~class/classes,classroom,group,course
t: A school (has/had) [a] [vs] with [b] (students|children|pupils) in each( [v]|). [Q]
t: There (are/were) [a] [vs] in the school. Each [v] (has/had) [b] students. [Q]
t: [A] (teaches/taught) [a] [vs]. Every [v] (has/had) [b] students in it. [Q]
t: [a] [vs] of [b] students each (go/went) on a trip to the (museum|zoo|theater). [Q]
t: A grade (is/was) split into [a] [vs] of [b] students. [Q]
t: Our school (has/had) [a] [vs]. If there (are/were) [b] students in each one, [ask]?
q: how many students (are/were) there (in all|altogether|in total) | what (is/was) the total number of students | how
  many students (is/was) that
s: There are {c=a*b} students. | In all there are {c=a*b} students. | [a] [vs] of [b] students make {c=a*b} students.
-- a=2..8 b=12..30 n=a*b k=2..9 ?n<=200
t: A school (has/had) [a] classes of [b] students. (Today|On Friday|This morning) [k] students (are/were)
  (absent|sick|at home). [Q]
t: There (are/were) [a] classes with [b] students each. [k] students (are/were) (ill|absent|away). [Q]
t: [A]'s school (has/had) [a] classes and each one (has/had) [b] students. [k] of the students (do/did) not come to
  school( because of the flu| because of the snow|). [Q]
t: On (Monday|Tuesday), [k] students (are/were) absent. The school (has/had) [a] classes with [b] students in each.
  [Q]
t: In [a] classrooms there (are/were) [b] desks for students. All the desks (are/were) taken except [k]. How many
  students (are/were) sitting at a desk?
q: how many students (are/were) (at school|present|in school)( that day|) | how many students (come/came) to school |
  how many students (are/were) not absent
s: There are {c=a*b} (students in all|students altogether|places). | [a] classes of [b] make {c=a*b}.
s: {d=c-k} students are (there|present). | That leaves {d=c-k} students.
-- b=12..30 g=12..30 h=2..6
t: There (are/were) [b] boys and [g] girls in (a|the) class. [h] (of them|of the children) (are/were) absent (today|on
  Tuesday|on the last day). How many children (are/were) present?
t: A class (has/had) [g] girls and [b] boys. [h] students (move/moved) to another school. How many students (are/were)
  left in the class?
t: There (are/were) [b] boys and [g] girls at the (party|playground|pool). (Then|Later|At noon) [h] children (go/went)
  home. How many children (are/were) left?
s: There (are/were) {c=b+g} children. | [b] and [g] make {c=b+g} children.
s: {d=c-h} are (left|still there). | That leaves {d=c-h}.
-- g=12..40 b=12..40
t: [A] (teaches/taught) a class of [b] boys and [g] girls. What (is/was) the number of children in the class?
t: If [b] boys and [g] girls (sign/signed) up for the camp, how many children (sign/signed) up?
t: There are [g] girls and [b] boys in the school (choir|band|play). How many (children|students) are (in it|in the
  group) altogether?
t: [g] girls and [b] boys (take/took) part in a (contest|race|spelling bee). How many children (take/took) part?
t: A class (has/had) [b] boys and [g] girls. How many students (are/were) in the class (in all|altogether)?
t: [A] (counts/counted) [b] boys and [g] girls on the playground. How many children (are/were) on the playground?
t: How many students (are/were) in the (hall|gym) if there (are/were) [b] boys and [g] girls?
s: There are {c=b+g} (children|students). | [b] and [g] make {c=b+g}.
== teams
-- k=3..12 q=2..15 n=k*q ?n<=200 v~team,group,line,squad ?k>2
t: [n] (children|students|players|kids) (are/were) divided into [vs] of [k]. [Q]
t: [n] (children|students|kids) (want/wanted) to play. Each [v] (needs/needed) [k] of them. [Q]
t: A (coach|teacher) (puts/put) [n] (students|players) into [vs] with [k] in each. [Q]
t: There (are/were) [n] people at the camp. They (form/formed) [vs] of [k] people. [Q]
t: [A] (has/had) [n] students and (makes/made) [vs] of [k]. [Q]
q: how many [vs] (are/were) there | how many [vs] (can/could) be made | what (is/was) the number of [vs]
s: There are {c=n/k} [vs]. | [n] people in [vs] of [k] make {c=n/k} [vs].
-- a=2..9 b=2..9 q=2..14 n=a*q k=1..12 m=n+k ?m<=200
t: [m] (children|students|kids) (sign/signed) up for a tournament, but [k] (do/did) not come. The others (make/made)
  [a] equal teams. [Q]
t: There (are/were) [m] students in the gym. [k] of them (are/were) judges and the rest (are/were) split into [a]
  teams of equal size. [Q]
t: A coach (has/had) [m] players. [k] (are/were) injured. The coach (divides/divided) the other players into [a] equal
  groups for training. [Q]
t: Of [m] campers, [k] (stay/stayed) in the tents. The rest (go/went) hiking in [a] equal groups. [Q]
q: how many (people|of them) (are/were) in each group | how many (people|of them) (are/were) in every group
s: {c=m-k} (take part|are left). | That leaves {c=m-k}.
s: Each (team|group) has {d=c/a} members. | In each there are {d=c/a}.
-- a=4..12 b=2..14 k=2..20 n=a*b+k ?n<=200
t: A school (has/had) [a] teams of [b] players and [k] players without a team. How many players (are/were) there (in
  all|altogether)?
t: The children (form/formed) [a] groups of [b], and [k] children (are/were) left over. How many children (are/were)
  there?
t: After making [a] teams of [b], the coach (has/had) [k] players left over. How many players (does/did) the coach
  have (in total|altogether)?
t: [A] (puts/put) the chairs in [a] circles of [b] chairs. [k] chairs (stay/stayed) at the wall. How many chairs
  (are/were) there?
s: There are {c=a*b} in the (groups|full groups). | [a] times [b] is {c=a*b}.
s: In all there are {d=c+k}. | That makes {d=c+k} altogether.
== buses
-- k=8..50 q=2..9 n=k*q ?n<=200 v~bus/buses,van,train_car,boat,minibus/minibuses
t: [n] (students|people|fans|tourists) (go/went) to the (zoo|stadium|lake|city) by [v]. Each [v] (holds/held) [k]
  people. [Q]
t: A [v] (has/had) room for [k] people. [n] people (want/wanted) to (ride|go). [Q]
t: [k] people (fit/could fit) in one [v]. [Q] for [n] people?
t: There (are/were) [n] people waiting, and every [v] (takes/took) [k] of them. [Q]
q: how many [vs] (are/were) needed | how many [vs] (do/did) they need
s: They need {c=n/k} [vs]. | [n] people fill {c=n/k} [vs].
-- a=2..6 b=12..45 k=2..20 ?k<b
t: [a] buses (take/took) students to the (museum|game|theater). Each bus (has/had) [b] seats and [k] seats (are/were)
  empty in all. [Q]
t: A school (rents/rented) [a] buses with [b] seats each. [k] seats (are/were) not used. [Q]
t: There (are/were) [a] full buses with [b] students each, but then [k] students (get/got) off. [Q]
q: how many students (are/were) on the buses | how many students (ride/rode) on the buses( then|)
s: The buses hold {c=a*b} students. | [a] buses have {c=a*b} seats.
s: {d=c-k} students are on the buses. | That leaves {d=c-k} students.
-- a=2..6 b=12..40 m=2..30
t: [a] buses with [b] students each and [m] teachers (go/went) on a (trip|tour). How many people (go/went) on the
  (trip|tour)( altogether|)?
t: For the (school trip|outing), [a] buses (carry/carried) [b] children each. [m] parents (come/came) along by car.
  How many people (go/went) (in all|in total)?
t: [A] (counts/counted) [a] full buses with [b] people each and [m] people on bikes. How many people (does/did) [A]
  count( in all| altogether|)?
t: There (are/were) [a] buses with [b] students each, and another [m] students (come/came) by train. How many students
  (are/were) there in all?
t: [a] vans (bring/brought) [b] players each to the tournament and [m] players (walk/walked) there. How many players
  (come/came) to the tournament?
s: The vehicles bring {c=a*b} people. | First, [a] times [b] is {c=a*b}.
s: In all {d=c+m} people (come|go). | Together that makes {d=c+m} people.
== recipe
-- p=2,3,4,5,6 e=2..12 f=2..8 n=p*f
  T~egg,potato/potatoes,tomato/tomatoes,carrot,onion,apple,lemon,cup_of_flour/cups_of_flour,cup_of_milk/cups_of_milk,spoon_of_sugar/spoons_of_sugar
t: A recipe for [p] people (needs/needed) [e] [Ts]. [Q] for [n] people?
t: To make (soup|dinner|a meal|pancakes) for [p] people, [A] (needs/needed) [e] [Ts]. [Q] for [n] people?
t: A (cake|stew|salad) for [p] people (takes/took) [e] [Ts]. [A] (is/was) cooking for [n] people. [Q]?
t: The cookbook (says/said): take [e] [Ts] for [p] people. [A] (has/had) [n] guests. [Q]?
t: If [e] [Ts] (are/were) enough for [p] people, [ask] for [n] people?
t: [A] (uses/used) [e] [Ts] to cook for [p] people. Now [he] (wants/wanted) to cook the same dish for [n] people. [Q]?
q: how many [Ts] (are/were) needed
s: [n] people are {c=n/p} times as many. | The recipe is made {c=n/p} times. | {c=n/p} times as many people eat.
s: They need {d=e*c} [Ts]. | That takes {d=e*c} [Ts].
-- e=2..9 f=2..9 k=2..20 ?k<e*f
  T~egg,cup_of_flour/cups_of_flour,apple,cup_of_sugar/cups_of_sugar,cup_of_milk/cups_of_milk
  v~cake,pie,bowl_of_pudding/bowls_of_pudding,batch_of_muffins/batches_of_muffins
t: One [v] (needs/needed) [e] [Ts]. [A] (wants/wanted) to make [f] [vs] and (has/had) [k] [Ts]. How many more [Ts]
  (does/did) [A] need?
t: [A] (has/had) [k] [Ts] at home. [He] (plans/planned) to bake [f] [vs], and each [v] (takes/took) [e] [Ts]. How many
  more [Ts] must [he] (buy|get)?
t: For each [v], [A] (uses/used) [e] [Ts]. [He] (is/was) going to make [f] [vs] but (has/had) only [k] [Ts]. How many
  [Ts] (are/were) missing?
t: A baker (makes/made) [f] [vs] with [e] [Ts] in each. There (are/were) only [k] [Ts] in the kitchen. How many more
  [Ts] (does/did) the baker need?
s: The [vs] need {c=f*e} [Ts]. | [f] [vs] take {c=f*e} [Ts].
s: {d=c-k} [Ts] are missing. | (It takes|That is) {d=c-k} more [Ts].
-- e=2..12 f=2..12 T~egg,cup_of_flour/cups_of_flour,apple,cup_of_sugar/cups_of_sugar,banana,lemon
  v~cake,pie,loaf_of_bread/loaves_of_bread,batch_of_cookies/batches_of_cookies
t: A recipe for one [v] (calls/called) for [e] [Ts]. How many [Ts] (are/were) needed for [f] [vs]?
t: [A] (bakes/baked) [f] [vs]. Each [v] (needs/needed) [e] [Ts]. How many [Ts] (does/did) [A] use( in all|
  altogether|)?
t: How many [Ts] (are/were) needed to make [f] [vs] if one [v] (takes/took) [e]?
t: Each [v] (is/was) made with [e] [Ts]. [A] (makes/made) [f] [vs] for a (party|bake sale|picnic). How many [Ts]
  (does/did) [he] need?
s: [f] [vs] need {c=f*e} [Ts]. | That takes {c=f*e} [Ts].
== baking
-- a=2..9 b=3..24 k=2..40 ?k+1<a*b T~cookie,muffin,cupcake,bread_roll,pretzel,bun,scone,biscuit,brownie
  v~tray,batch/batches,pan,sheet
t: [A] (bakes/baked) [a] [vs] of [Ts] with [b] [Ts] on each [v]. [His] family (eats/ate) [k] of them. [Q]
t: [A] (makes/made) [a] [vs] of [Ts]. There (are/were) [b] [Ts] in each [v]. Then [he] (gives/gave) [k] (of them |)to
  (the neighbors|a friend|[B]). [Q]
t: Each [v] (holds/held) [b] [Ts]. [A] (bakes/baked) [a] full [vs], but [k] of the [Ts] (burn/burned). [Q]
t: A bakery (makes/made) [a] [vs] of [b] [Ts] (in the morning|each) and (sells/sold) [k] [Ts] (before noon|by
  lunchtime). [Q]
t: At a bake sale there (are/were) [a] [vs] with [b] [Ts] each. People (buy/bought) [k] [Ts]. [Q]
t: If [A] (bakes/baked) [a] [vs] of [b] [Ts] and [he] (drops/dropped) [k] of them, [ask]?
q: how many [Ts] (are/were) left | how many [Ts] (remain/remained) | how many [Ts] (are/were) left over
s: [A] (bakes|makes) {c=a*b} [Ts]. | There are {c=a*b} [Ts]. | [a] [vs] give {c=a*b} [Ts].
s: {d=c-k} [Ts] are left. | That leaves {d=c-k} [Ts].
-- k=2..12 q=2..16 n=k*q ?n<=200 T~cookie,muffin,cupcake,bread_roll,pretzel,bun,scone,doughnut
  v~box/boxes,bag,tin,basket,bowl
t: [A] (bakes/baked) [n] [Ts]. [He] (puts/put) [k] [Ts] in each [v]. [Q]
t: A baker (packs/packed) [n] [Ts] into [vs] of [k]. [Q]
t: There (are/were) [n] [Ts]. Each [v] (holds/held) [k] [Ts]. [Q]
t: [A] (wants/wanted) to sell [n] [Ts] in [vs] of [k] [Ts] each. [Q]
t: If [k] [Ts] (go/went) in one [v] and there (are/were) [n] [Ts], [ask]?
q: how many [vs] (are/were) needed | how many [vs] (are/were) there | how many [vs] (are/were) filled
s: {c=n/k} [vs] are needed. | [n] [Ts] fill {c=n/k} [vs].
== slices
-- a=2..9 b=4,6,8,10,12 k=2..60 ?k+1<a*b v~pizza,cake,pie,loaf_of_bread/loaves_of_bread,melon,watermelon
t: [A] (buys/bought) [a] [vs]. Each [v] (is/was) cut into [b] slices. [His] friends (eat/ate) [k] slices. [Q]
t: [a] [vs] (are/were) cut into [b] slices each. At the party [k] slices (are/were) eaten. [Q]
t: There (are/were) [a] [vs] with [b] slices each. [A] and [his] friends (eat/ate) [k] slices. [Q]
t: [A] (cuts/cut) each of [a] [vs] into [b] pieces and (serves/served) [k] slices. [Q]
t: A restaurant (has/had) [a] [vs] cut into [b] slices each. It (sells/sold) [k] slices. [Q]
q: how many slices (are/were) left | how many slices (remain/remained) | how many slices (are/were) not (eaten|taken)
s: There are {c=a*b} slices. | [a] [vs] give {c=a*b} slices.
s: {d=c-k} slices are left. | That leaves {d=c-k} slices.
-- p=2..12 e=2..4 b=4,6,8,10,12 v~pizza,cake,pie,melon ?p*e%b==0 ?p*e>b
t: [p] people (eat/ate) [e] slices of [v] each. [an:v] (has/had) [b] slices. [Q]
t: [A] (invites/invited) [p] guests. Every guest (eats/ate) [e] slices of [v], and each [v] (has/had) [b] slices. [Q]
t: Each [v] (is/was) cut into [b] slices. [Q] if [p] (children|people) (want/wanted) [e] slices each?
t: There (are/were) [p] children at the party and each one (gets/got) [e] slices. [A] (cuts/cut) every [v] into [b]
  slices. [Q]
q: how many [vs] (are/were) needed | how many [vs] (do/did) they need
s: They eat {c=p*e} slices. | [p] people need {c=p*e} slices.
s: That is {d=c/b} [vs]. | They need {d=c/b} [vs].
-- a=2..9 b=4,6,8,10,12 p=2..12 ?a*b%p==0 ?a*b>p v~pizza,cake,pie,melon
t: [p] friends (share/shared) [a] [vs] equally. Each [v] (has/had) [b] slices. [Q]
t: [A] (orders/ordered) [a] [vs] cut into [b] slices each. [p] people (share/shared) all the slices equally. [Q]
t: There (are/were) [a] [vs] of [b] slices for [p] people, and everybody (gets/got) the same. [Q]
q: how many slices (does/did) each person get | how many slices (are/were) there for each person
s: There are {c=a*b} slices. | [a] [vs] give {c=a*b} slices.
s: Each person gets {d=c/p} slices.
== dozens
-- a=2..15 k=2..100 ?k+1<12*a T~egg,rose,doughnut,cookie,bagel,muffin,pencil,bread_roll,orange,cupcake
t: [A] (buys/bought) [a] dozen [Ts]. [He] (uses/used) [k] of them. [Q]
t: There (are/were) [a] dozen [Ts] in the (kitchen|store|shop). [k] of the [Ts] (are/were) taken. [Q]
t: A shop (has/had) [a] dozen [Ts] and (sells/sold) [k] [Ts] on (Monday|Saturday). [Q]
t: [A] (orders/ordered) [a] dozen [Ts] for a party. The guests (take/took) [k]. [Q]
t: [A] (has/had) [a] dozen [Ts]. After giving away [k] [Ts], [ask]?
q: how many [Ts] (are/were) left | how many [Ts] (remain/remained)
s: [a] dozen are {c=a*12} [Ts]. | There are {c=a*12} [Ts].
s: {d=c-k} [Ts] are left. | That leaves {d=c-k} [Ts].
-- a=2..15 p=2..9 T~egg,rose,doughnut,cookie,bagel,muffin,pencil,orange
t: A dozen [Ts] (costs/cost) $[p]. [A] (buys/bought) [a] dozen. How much (does/did) [A] pay( in all|)?
t: [A] (buys/bought) [a] dozen [Ts] at $[p] (a|per) dozen. How many dollars (does/did) [he] (spend|pay)?
t: At the (store|market), [Ts] cost [p] dollars a dozen. How much (do/did) [a] dozen [Ts] cost?
t: What (is/was) the price of [a] dozen [Ts] at [p] dollars per dozen?
s: [a] dozen cost {c=a*p} dollars. | [A] pays {c=a*p} dollars.
-- a=2..15 T~egg,rose,doughnut,cookie,bagel,muffin,pencil,orange,apple
t: How many [Ts] (are/were) there in [a] dozen?
t: [A] (buys/bought) [a] dozen [Ts]. How many [Ts] (does/did) [he] buy( in all|)?
t: A (farmer|store|baker) (sells/sold) [a] dozen [Ts] every (day|morning). How many [Ts] is that( a day| each time|)?
t: A box (holds/held) one dozen [Ts]. How many [Ts] (are/were) there in [a] boxes?
s: [a] dozen are {c=a*12} [Ts]. | That is {c=a*12} [Ts].
-- a=2..16 n=a*12 T~egg,rose,doughnut,cookie,bagel,muffin,pencil,orange
t: [A] (has/had) [n] [Ts]. How many dozen [Ts] (does/did) [A] have?
t: [n] [Ts] (are/were) packed by the dozen. How many dozen (are/were) there?
t: A farmer (packs/packed) [n] [Ts] into cartons of one dozen. How many cartons (does/did) the farmer need?
t: How many dozen (are/were) [n] [Ts]?
s: [n] [Ts] are {c=n/12} dozen. | That makes {c=n/12} dozen.
== garden
-- a=3..14 b=3..16 k=2..40 ?k+1<a*b
  T~tulip,tomato_plant,cabbage,sunflower,strawberry_plant,rose_bush/rose_bushes,pumpkin_plant,carrot,lettuce_plant,apple_tree,bean_plant
t: [A] (plants/planted) [a] rows of [Ts] with [b] [Ts] in each row. [k] of them (die/died). [Q]
t: In a garden there (are/were) [a] rows of [b] [Ts]. After a storm [k] [Ts] (are/were) (broken|gone). [Q]
t: There (are/were) [b] [Ts] in every row of the garden. The garden (has/had) [a] rows. Rabbits (eat/ate) [k] [Ts].
  [Q]
t: A gardener (sets/set) out [a] rows with [b] [Ts] each, but [k] [Ts] (do/did) not grow. [Q]
t: [A]'s garden (has/had) [a] rows of [Ts], [b] in each row. [He] (pulls/pulled) out [k]. [Q]
q: how many [Ts] (are/were) left | how many [Ts] (remain/remained) | how many [Ts] (are/were) still there
s: There (are|were) {c=a*b} [Ts] in [a] rows. | [a] rows hold {c=a*b} [Ts].
s: {d=c-k} [Ts] are left. | That leaves {d=c-k} [Ts].
-- k=2..14 q=2..14 n=k*q T~tulip,tomato_plant,cabbage,sunflower,strawberry_plant,onion,tree,bulb,bean_plant,seed
t: [A] (has/had) [n] [Ts] and (plants/planted) them in rows of [k]. [Q]
t: A gardener (wants/wanted) to plant [n] [Ts]. [k] [Ts] (fit/could fit) in one row. [Q]
t: [n] [Ts] (are/were) planted in equal rows with [k] [Ts] in each row. [Q]
t: There (are/were) [n] [Ts] in a field. Each row (has/had) [k] of them. [Q]
t: If [A] (puts/put) [k] [Ts] in each row and (has/had) [n] [Ts], [ask]?
q: how many rows (are/were) there | how many rows (are/were) needed
s: There are {c=n/k} rows. | [n] [Ts] make {c=n/k} rows.
-- a=3..12 b=3..16 e=2..9 f=2..16 T~tulip,tomato_plant,cabbage,sunflower,rose_bush/rose_bushes,carrot
  U~daisy,lettuce_plant,onion,lily,pepper_plant,marigold
t: [A] (plants/planted) [a] rows of [b] [Ts] and [e] rows of [f] [Us]. [Q]
t: In [A]'s garden there (are/were) [a] rows with [b] [Ts] each and [e] rows with [f] [Us] each. [Q]
t: A gardener (puts/put) [b] [Ts] in each of [a] rows. Then the gardener (puts/put) [f] [Us] in each of [e] rows. [Q]
t: The park (has/had) [a] beds of [b] [Ts] and [e] beds of [f] [Us]. [Q]
q: how many plants (are/were) there (in all|altogether|in total) | how many plants (is/was) that (in all|altogether)
s: There are {c=a*b} [Ts]. | [a] times [b] is {c=a*b} [Ts].
s: There are {d=e*f} [Us]. | [e] times [f] is {d=e*f} [Us].
s: Altogether there are {g=c+d} plants. | In all that makes {g=c+d} plants.
== harvest
-- a=2..12 b=5..40 k=2..100 ?k+1<a*b T~apple,pear,plum,orange,lemon,peach,cherry,mango/mangoes
t: [A] (has/had) [a] trees in [his] orchard. [He] (picks/picked) [b] [Ts] from each tree and (sells/sold) [k] of them.
  [Q]
t: A farmer (picks/picked) [b] [Ts] from each of [a] trees. Then the farmer (sells/sold) [k] [Ts]. [Q]
t: Each of the [a] trees (gives/gave) [b] [Ts]. [A] (eats/ate) [k] of the [Ts]. [Q]
t: There (are/were) [a] trees in the garden, with [b] [Ts] on each. Birds (eat/ate) [k] [Ts]. [Q]
t: From every tree on the farm, [A] (gets/got) [b] [Ts]. There (are/were) [a] trees. [k] [Ts] (are/were) rotten. [Q]
q: how many [Ts] (are/were) left
s: The trees give {c=a*b} [Ts]. | There are {c=a*b} [Ts] in all.
s: {d=c-k} [Ts] are left. | That leaves {d=c-k} [Ts].
-- a=10..90 b=10..90 c=5..60
  T~apple,pear,plum,strawberry,tomato/tomatoes,pumpkin,ear_of_corn/ears_of_corn,potato/potatoes,melon
t: [A] (picks/picked) [a] [Ts] on Monday, [b] on Tuesday and [c] on Wednesday. How many [Ts] (does/did) [A] pick (in
  all|altogether|in total)?
t: A farmer (harvests/harvested) [a] [Ts] from one field, [b] from the second and [c] from the third. How many [Ts]
  (is/was) that altogether?
t: Three baskets (hold/held) [a], [b] and [c] [Ts]. How many [Ts] (are/were) there in the baskets?
t: On the first day [A] (gathers/gathered) [a] [Ts]. On the second day [he] (gathers/gathered) [b], and on the third
  day [c]. What (is/was) the total number of [Ts]?
s: The first two make {d=a+b} [Ts]. | [a] and [b] are {d=a+b} [Ts].
s: In all there are {e=d+c} [Ts]. | That makes {e=d+c} [Ts].
-- k=2..12 q=2..16 n=k*q x=2..30 m=n+x T~apple,pear,tomato/tomatoes,potato/potatoes,carrot,peach,egg
  v~bag,basket,crate,box/boxes,sack
t: [A] (picks/picked) [m] [Ts]. [He] (keeps/kept) [x] and (packs/packed) the rest into [vs] of [k]. [Q]
t: A farmer (has/had) [m] [Ts]. [x] of them (are/were) bad. The farmer (puts/put) the good ones into [vs] with [k] in
  each. [Q]
t: [x] of the [m] [Ts] (are/were) eaten. The others (go/went) into [vs] of [k] [Ts]. [Q]
t: Of [m] [Ts], [A] (gives/gave) away [x]. [He] (packs/packed) the remaining [Ts] into [vs], [k] in each. [Q]
q: how many [vs] (are/were) needed | how many [vs] (are/were) there | how many [vs] (are/were) filled
s: {c=m-x} [Ts] are packed. | That leaves {c=m-x} [Ts].
s: They fill {d=c/k} [vs]. | {d=c/k} [vs] are needed.
== journey
-- a=2..9 b=4..40 k=5..150 n=a*b+k ?n<=200 u~km/km,mile,kilometer
t: [A] (is/was) on a trip of [n] [us]. [He] (travels/traveled) [b] [us] a day for [a] days. [Q]
t: A (hike|bike tour|journey) (is/was) [n] [us] long. [A] (does/did) [b] [us] each day. After [a] days, [ask]?
t: [A] (wants/wanted) to (walk|cycle|ride) [n] [us]. So far [he] (has done/had done) [b] [us] on each of [a] days. [Q]
t: The distance to the (sea|city|camp|border) (is/was) [n] [us]. A group (covers/covered) [b] [us] per day for [a]
  days. [Q]
q: how many [us] (are/were) left | how many [us] (are/were) still to go | how many [us] (remain/remained)
s: In [a] days that is {c=a*b} [us]. | [a] days make {c=a*b} [us].
s: {d=n-c} [us] are left. | That leaves {d=n-c} [us].
-- a=2..20 d=2..7 u~km/km,mile,kilometer
t: [A] lives [a] [us] from (school|work). [He] (goes/went) there and back on [d] days. How many [us] (is/was) that( in
  all|)?
t: It (is/was) [a] [us] from [A]'s house to the (gym|library|office). [He] (makes/made) the trip there and back [d]
  times. How many [us] (does/did) [he] travel?
t: [A] (rides/rode) [his] bike [a] [us] to work and the same way home. [He] (does/did) this on [d] days. How many [us]
  (does/did) [he] ride (in total|altogether)?
t: The way to the (beach|market) (is/was) [a] [us]. How many [us] (does/did) [A] walk if [he] (goes/went) there and
  back [d] times?
t: The shop is [a] [us] away from [A]'s home. [A] (goes/went) there and back [d] times this month. How many [us]
  (is/was) that altogether?
s: There and back is {c=a*2} [us]. | Both ways are {c=a*2} [us].
s: In all that is {e=c*d} [us]. | [A] travels {e=c*d} [us].
-- a=5..80 b=5..80 c=3..60 u~km/km,mile,kilometer
t: [A] (drives/drove) [a] [us] before lunch and [b] [us] after lunch. The next day [he] (drives/drove) [c] [us]. How
  many [us] (does/did) [he] drive in all?
t: On (Friday|Saturday) [A] (cycles/cycled) [a] [us], on Sunday [b] [us] and on Monday [c] [us]. How many [us]
  (does/did) [A] cycle altogether?
t: It is [a] [us] from the village to the town, [b] [us] from the town to the lake and [c] [us] from the lake to the
  camp. How long (is/was) the whole way in [us]?
s: The first two parts are {d=a+b} [us]. | [a] and [b] make {d=a+b} [us].
s: In all that is {e=d+c} [us]. | The total is {e=d+c} [us].
-- n=20..200 a=5..90 b=5..90 ?a+b+1<n u~km/km,mile,kilometer
t: A trip (is/was) [n] [us] long. [A] (drives/drove) [a] [us], (takes/took) a break, and then (drives/drove) [b] [us]
  more. [Q]
t: [A] (has/had) to travel [n] [us]. [He] (goes/went) [a] [us] by train and [b] [us] by bus. The rest [he]
  (walks/walked). How many [us] (does/did) [he] walk?
t: A truck driver (has/had) [n] [us] to drive. In the morning the driver (covers/covered) [a] [us] and in the
  afternoon [b] [us]. [Q]
q: how many [us] (are/were) left | how many [us] (are/were) still to go
s: The two parts are {c=a+b} [us]. | [a] and [b] make {c=a+b} [us].
s: {d=n-c} [us] are left. | That leaves {d=n-c} [us].
== speed
-- v=3..60 h=2..8 ?v*h<=200 T~car,train,bus/buses,ship,truck,boat u~km/km,mile,kilometer
t: [an:T] (goes/went) [v] [us] (per|an) hour. How many [us] (does/did) it go in [h] hours?
t: [A] (drives/drove) for [h] hours at [v] [us] per hour. How many [us] (does/did) [A] drive?
t: [an:T] (travels/traveled) at a speed of [v] [us] per hour. How many [us] (does/did) it travel in [h] hours?
t: [A] (rides/rode) [his] motorbike [v] [us] every hour. How many [us] (does/did) [A] ride in [h] hours?
t: If [an:T] (covers/covered) [v] [us] in one hour, how many [us] (will/would) it cover in [h] hours at the same
  speed?
t: How many [us] is a trip that (takes/took) [h] hours at [v] [us] per hour?
s: In [h] hours that is {c=v*h} [us]. | The distance is {c=v*h} [us]. | [A] goes {c=v*h} [us].
-- v=3..60 h=2..8 n=v*h ?n<=200
t: A trip (is/was) [n] km long. [A] (drives/drove) at [v] km per hour. [Q]
t: A bus (drives/drove) [v] km every hour. [Q] for [n] km?
t: A train (goes/went) [v] miles an hour. The next city (is/was) [n] miles away. [Q]
t: [A] (drives/drove) [n] miles at a speed of [v] miles per hour. [Q]
t: At [v] km per hour, [ask] for a distance of [n] km?
q: how many hours (does/did) it take
s: It takes {c=n/v} hours. | [n] divided by [v] is {c=n/v} hours.
-- v=3..30 h=2..5 w=3..30 g=2..5 u~km/km,mile,kilometer
t: [A] (cycles/cycled) for [h] hours at [v] [us] per hour and then for [g] hours at [w] [us] per hour. How many [us]
  (does/did) [A] cycle (in all|altogether)?
t: A boat (sails/sailed) at [v] [us] per hour for [h] hours. Then it (changes/changed) its speed and (sails/sailed) at
  [w] [us] per hour for [g] hours. How many [us] (does/did) it sail in total?
t: For [h] hours, [A] (drives/drove) [v] [us] per hour, and for the next [g] hours [he] (drives/drove) [w] [us] per
  hour. How many [us] (does/did) [he] drive?
s: The first part is {c=v*h} [us]. | In the first [h] hours that is {c=v*h} [us].
s: The second part is {d=w*g} [us]. | In the next [g] hours that is {d=w*g} [us].
s: Together that is {e=c+d} [us]. | In all that makes {e=c+d} [us].
== laps
-- a=2..15 b=2..12 v~lap,round
t: [A] (swims/swam) [a] [vs] (every|each) day. How many [vs] (does/did) [A] swim in [b] days?
t: Each [v] (is/was) [b] minutes long. [A] (does/did) [a] [vs]. How many minutes (does/did) it take( [him]|)?
t: [A] (runs/ran) [a] [vs] around the (park|track|lake). One [v] (takes/took) [b] minutes. How many minutes (does/did)
  [he] run?
t: [A] (runs/ran) [a] [vs] every morning for [b] days. How many [vs] (is/was) that (in all|altogether)?
s: That is {c=a*b} in all. | The total is {c=a*b}. | [a] times [b] is {c=a*b}.
-- a=2..9 b=2..9 c=2..60 v~lap,round u~km/km,mile,kilometer
t: The track (is/was) [b] [us] long. [A] (goes/went) around it [a] times on Saturday and (runs/ran) [c] [us] on
  Sunday. How many [us] (does/did) [A] run (in all|altogether)?
t: [A] (cycles/cycled) [a] [vs] of [b] [us] each, and then [c] [us] home. How many [us] (does/did) [A] cycle in total?
t: After [a] [vs] of [b] [us] each, [A] (has/had) [c] more [us] to go. How long (is/was) the race in [us]?
s: The [vs] are {d=a*b} [us] long. | [a] times [b] is {d=a*b} [us].
s: In all that is {e=d+c} [us]. | That makes {e=d+c} [us].
-- a=4..30 b=3..12 ?a*b<=200
t: From each floor to the next there (are/were) [a] (steps|stairs). [A] (climbs/climbed) [b] floors. How many stairs
  (does/did) [he] climb?
t: [A] (walks/walked) up [b] flights of stairs. Each flight (has/had) [a] steps. How many steps (does/did) [A] walk
  up?
t: Each floor of a (house|hotel|tower) (has/had) [a] rooms. There (are/were) [b] floors. How many rooms (are/were)
  there in all?
t: A tower (has/had) [b] flights of stairs with [a] steps each. How many steps (are/were) there (in all|to the top)?
s: There are {c=a*b} in all. | [a] times [b] is {c=a*b}.
-- s=3..20 u=2..15 d=2..15 ?d<s+u
t: [A] (gets/got) into the elevator on floor [s]. It (goes/went) up [u] floors and then down [d] floors. On which
  floor (is/was) [A] (now|then)?
t: An elevator (is/was) on floor [s]. It (goes/went) [u] floors up, then [d] floors down. What floor (is/was) it on?
t: [A] (starts/started) on floor [s] and (walks/walked) up [u] floors. Then [he] (goes/went) [d] floors down to see a
  friend. On what floor (does/did) the friend live?
s: Going up leads to floor {a=s+u}. | First that is floor {a=s+u}.
s: Going down leads to floor {b=a-d}. | Then it is floor {b=a-d}.
-- n=20..200 a=5..100 ?a+1<n
t: [A] (wants/wanted) to do [n] (push-ups|sit-ups|jumps). So far [he] (has done/had done) [a]. How many (are/were)
  left to do?
t: [A] must climb [n] steps to the top of a (tower|hill|lighthouse). [He] (rests/rested) after [a] steps. How many
  steps (does/did) [he] still have to climb?
t: A race (is/was) [n] meters long. [A] (has run/had run) [a] meters. How many meters (are/were) left?
t: [A]'s goal for today (is/was) [n] (jumps|sit-ups). By noon [he] (has done/had done) [a]. How many more (does/did)
  [he] need?
t: Out of [n] (stairs|steps), [A] (has climbed/had climbed) [a]. How many (remain/remained)?
s: {c=n-a} are left. | That leaves {c=n-a}.
== work
-- h=2..9 d=2..6 p=2..15 ?h*d*p<=200
t: [A] (works/worked) [h] hours a day for [d] days and (earns/earned) $[p] an hour. [Q]
t: [A] (earns/earned) [p] dollars per hour. [He] (works/worked) [d] days, [h] hours each day. [Q]
t: A (waiter|painter|gardener|babysitter) (is/was) paid [p] dollars an hour for [h] hours a day. [Q] in [d] days?
t: For each hour of work, [A] (gets/got) $[p]. [He] (works/worked) [h] hours on each of [d] days. [Q]
t: [d] days a week, [A] (works/worked) [h] hours. The pay (is/was) $[p] an hour. [Q]
q: how much money (is/was) earned | how many dollars (is/was) that( in all| altogether|)
s: That is {c=h*d} hours. | In [d] days there are {c=h*d} hours of work.
s: [A] earns {e=c*p} dollars. | [c] hours earn {e=c*p} dollars. | The pay is {e=c*p} dollars.
-- a=2..15 w=2..12 T~house/houses,room,fence,wall,door
t: A team of painters (paints/painted) [a] [Ts] a week. How many [Ts] (do/did) they paint in [w] weeks?
t: [A] (paints/painted) [a] [Ts] every week. In [w] weeks, how many [Ts] (does/did) [A] paint?
t: In one week a company (finishes/finished) [a] [Ts]. How many [Ts] (does/did) it finish in [w] weeks?
t: If workers (paint/painted) [a] [Ts] each week, how many [Ts] (will/would) be painted after [w] weeks?
s: In [w] weeks that is {c=a*w} [Ts]. | [w] weeks make {c=a*w} [Ts].
-- a=3..20 w=2..9 k=2..60 n=a*w+k ?n<=200 T~page,letter,order,report,parcel,shirt,car,window v~hour,day
t: [A] (has/had) [n] [Ts] to (do|finish). [He] (does/did) [a] [Ts] (each|every) [v]. How many [Ts] (are/were) left
  after [w] [vs]?
t: There (are/were) [n] [Ts] to (check|finish). A worker (finishes/finished) [a] per [v] and (works/worked) for [w]
  [vs]. How many [Ts] (remain/remained)?
t: A company (has/had) [n] [Ts] to take care of. It (handles/handled) [a] [Ts] every [v]. After [w] [vs], how many
  [Ts] (are/were) still waiting?
s: In [w] [vs] that is {c=a*w} [Ts]. | [w] [vs] make {c=a*w} [Ts].
s: {d=n-c} [Ts] are left. | That leaves {d=n-c} [Ts].
-- a=2..12 b=2..12 h=2..8 T~order,parcel,gift,lunch/lunches,box/boxes
t: [A] (packs/packed) [a] [Ts] an hour and [B] (packs/packed) [b] [Ts] an hour. How many [Ts] (do/did) they pack
  together in [h] hours?
t: [A] and [B] (work/worked) for [h] hours. [A] (packs/packed) [a] [Ts] per hour and [B] [b]. How many [Ts] (do/did)
  the two pack (in all|altogether)?
t: One machine (packs/packed) [a] [Ts] every minute. Another machine (packs/packed) [b] [Ts] every minute. How many
  [Ts] (do/did) both pack in [h] minutes?
s: Together that is {c=a+b} [Ts] each time. | [a] and [b] make {c=a+b} [Ts].
s: In all they pack {d=c*h} [Ts]. | That makes {d=c*h} [Ts].
-- a=3..20 q=2..12 n=a*q ?n<=200
t: [A] (types/typed) [a] pages an hour. How many hours (does/did) [he] need for [n] pages?
t: [n] letters (have/had) to be written. [A] (writes/wrote) [a] letters each day. How many days (does/did) that take?
t: A worker (washes/washed) [a] cars a day. How many days (does/did) it take to wash [n] cars?
t: [A] (has/had) [n] emails to answer and (answers/answered) [a] every hour. How many hours (does/did) [he] need?
s: It takes {c=n/a}. | [n] divided by [a] is {c=n/a}.
== minutes
-- a=3..20 b=3..20 c=3..20 ?a+b+c<59
t: [A] (has/had) one hour. [He] (spends/spent) [a] minutes on (homework|reading), [b] minutes on (cleaning|cooking)
  and [c] minutes on the phone. How many minutes of the hour (are/were) left?
t: In one hour [A] (wants/wanted) to do three things. The first (takes/took) [a] minutes, the second [b] minutes and
  the third [c] minutes. How many minutes (are/were) left (over|of the hour)?
t: A lesson (lasts/lasted) 60 minutes. The class (reads/read) for [a] minutes, (writes/wrote) for [b] minutes and
  (talks/talked) for [c] minutes. How many minutes (are/were) left?
t: [A]'s break (is/was) an hour long. [He] (eats/ate) for [a] minutes, (walks/walked) for [b] minutes and
  (sleeps/slept) for [c] minutes. How many minutes (does/did) [he] have left?
s: That is {d=a+b+c} minutes. | The three things take {d=a+b+c} minutes.
s: {e=60-d} minutes are left. | That leaves {e=60-d} minutes.
-- a=2..15 b=2..20 ?a*b<=200 T~problem,exercise,picture,puzzle,page,card,potato/potatoes,window,shirt
t: [A] (needs/needed) [b] minutes for each [T]. [Q] for [a] [Ts]?
t: It (takes/took) [A] [b] minutes to do one [T]. [He] (has/had) [a] [Ts] to do. [Q]?
t: Each [T] (takes/took) [b] minutes. There (are/were) [a] [Ts]. [Q]?
t: [A] (does/did) [a] [Ts] and (spends/spent) [b] minutes on each. [Q]?
t: If one [T] (takes/took) [b] minutes, [ask] for [a] [Ts]?
q: how many minutes (does/did) it take
s: [a] [Ts] take {c=a*b} minutes. | It takes {c=a*b} minutes.
-- a=2..10 b=2..9 d=2..8 e=2..12 T~problem,exercise,puzzle,page U~letter,picture,email,drawing
t: [A] (does/did) [a] [Ts] that (take/took) [b] minutes each and [d] [Us] that (take/took) [e] minutes each. [Q]
t: Each [T] (takes/took) [b] minutes and each [U] (takes/took) [e] minutes. [A] (has/had) [a] [Ts] and [d] [Us] to do.
  [Q]
t: [A] (spends/spent) [b] minutes on each of [a] [Ts] and [e] minutes on each of [d] [Us]. [Q]
q: how many minutes (does/did) it take (in all|altogether) | how many minutes (is/was) that (in all|in total)
s: The [Ts] take {f=a*b} minutes. | [a] [Ts] are {f=a*b} minutes.
s: The [Us] take {g=d*e} minutes. | [d] [Us] are {g=d*e} minutes.
s: In all that is {h=f+g} minutes. | Together they take {h=f+g} minutes.
-- n=5,6,10,12,15,20,30 h=2..3 q=h*60/n
t: A (bus|train|ferry) (leaves/left) every [n] minutes. How many of them (leave/left) in [h] hours?
t: [A] (needs/needed) [n] minutes to (make a bracelet|wash a car|read a chapter|clean a room). How many times
  (can/could) [he] do that in [h] hours?
t: A machine (makes/made) one (toy|chair|cup) every [n] minutes. How many (does/did) it make in [h] hours?
s: [h] hours are {m=h*60} minutes.
s: That is {c=m/n}. | [m] minutes allow for {c=m/n}.
== clock
-- s=6..10 l=2..6 e=s+l ?e<13
t: [A] (starts/started) work at [s] o'clock and (finishes/finished) at [e] o'clock. [Q]
t: A (meeting|party|film festival|school day) (begins/began) at [s] o'clock in the morning and (ends/ended) at [e]
  o'clock. [Q]
t: The (shop|library|museum) (is/was) open from [s] o'clock to [e] o'clock. [Q]
t: [A] (leaves/left) home at [s]:00 and (comes/came) back at [e]:00. [Q]
q: how many hours (is/was) that | how many hours long (is/was) that
s: From [s] to [e] it is {c=e-s} hours. | That is {c=e-s} hours.
-- s=2..9 l=2..8 ?s+l<13
t: A (train|bus|flight) (leaves/left) at [s] o'clock and (takes/took) [l] hours. [Q] (arrive|get there)?
t: [A] (starts/started) (hiking|working|painting) at [s] o'clock and (goes/went) on for [l] hours. At what hour
  (does/did) [he] (stop|finish)?
t: A party (begins/began) at [s] o'clock and (lasts/lasted) [l] hours. At what time (does/did) it end?
t: [A] (goes/went) to bed at [s] o'clock and (wakes/woke) up [l] hours later. At what time (does/did) [he] wake up?
t: The game (starts/started) at [s]:00 and (is/was) over after [l] hours. At what hour (is/was) it over?
t: It is [s] o'clock now. What time will it be in [l] hours?
q: at what hour (does/did) it
s: [l] hours after [s] o'clock it is {c=s+l} o'clock. | The end is at {c=s+l} o'clock.
-- e=6..12 l=2..5 ?l+1<e
t: A (film|game|concert|trip) (ends/ended) at [e] o'clock. It (lasts/lasted) [l] hours. At what hour (does/did) it
  start?
t: [A] (has/had) to be at the (station|airport) at [e] o'clock. The way there (takes/took) [l] hours. At what hour
  must [he] leave?
t: [A] (finishes/finished) work at [e] o'clock after [l] hours of work. At what hour (does/did) [he] begin?
t: It is [e] o'clock. What time was it [l] hours ago?
s: [l] hours before [e] o'clock it is {c=e-l} o'clock. | The start is at {c=e-l} o'clock.
-- s=6..9 l=3..4 e=s+l d=2..6 p=2..12 ?e<13
t: [A] (works/worked) from [s] o'clock to [e] o'clock on [d] days. [Q]
t: A shop (is/was) open from [s] o'clock to [e] o'clock, [d] days a week. [Q]
t: [A] (takes/took) a course from [s] o'clock to [e] o'clock every day for [d] days. [Q]
q: how many hours (is/was) that (in all|altogether|in total)
s: One day is {c=e-s} hours. | From [s] to [e] it is {c=e-s} hours.
s: In [d] days that is {f=c*d} hours. | [d] days make {f=c*d} hours.
== calendar
-- w=2..20 d=2..6
t: [A]'s (vacation|course|trip) (lasts/lasted) [w] weeks and [d:day]. How many days (is/was) that( in all|)?
t: It (takes/took) [w] weeks and [d:day] to build a (house|boat|shed). How many days (is/was) that?
t: How many days are there in [w] weeks and [d:day]?
t: A plant (grows/grew) for [w] weeks and another [d:day]. For how many days (does/did) it grow?
s: [w] weeks are {c=w*7} days. | [w] weeks have {c=w*7} days.
s: With [d:day] more that is {e=c+d} days. | In all that is {e=c+d} days.
-- w=2..20 n=w*7
t: [A]'s birthday is in [n] days. How many weeks is that?
t: A baby is [n] days old. How many weeks old is the baby?
t: There (are/were) [n] days until the (holidays|wedding|race). How many weeks (is/was) that?
t: How many weeks (are/were) [n] days?
t: [A] (stays/stayed) with [his] (aunt|grandparents|cousins) for [n] days. How many weeks (is/was) that?
t: A ship (is/was) at sea for [n] days. How many weeks (is/was) it at sea?
s: [n] days are {c=n/7} weeks. | That is {c=n/7} weeks.
-- w=2..8 p=2..9 ?w*7*p<=200 T~page,photo,exercise,push-up,word,glass_of_water/glasses_of_water
t: [A] (does/did) [p] [Ts] every day. How many [Ts] (is/was) that in [w] weeks?
t: Every day for [w] weeks, [A] (has/had) [p] [Ts] to do. How many [Ts] (is/was) that altogether?
t: [A] (counts/counted) [p] [Ts] a day. How many [Ts] (does/did) [he] count in [w] weeks?
s: [w] weeks are {c=w*7} days. | [w] weeks have {c=w*7} days.
s: In [c] days that is {d=c*p} [Ts]. | That makes {d=c*p} [Ts].
-- h=2..8
t: How many hours long (is/was) a storm that (lasts/lasted) [h] days?
t: How many hours are there in [h] days?
t: A clock (runs/ran) for [h] days without a stop. How many hours (does/did) it run?
t: A ferry (needs/needed) [h] days for a trip. How many hours (is/was) that?
t: [A] (is/was) on a train for [h] whole days. How many hours (is/was) that?
t: The parcel (takes/took) [h] days to arrive. How many hours (is/was) that?
s: [h] days are {c=h*24} hours. | One day has 24 hours, so that is {c=h*24} hours.
== sports
-- a=2..25 b=1..15 ?a>1 ?b>1
t: In a basketball game [A] (makes/made) [a] two-point shots and [b] three-point shots. [Q]
t: [A] (scores/scored) [a] two-pointers and [b] three-pointers in a game. [Q]
t: A team (hits/hit) [a] shots worth 2 points each and [b] shots worth 3 points each. [Q]
t: A short shot (counts/counted) 2 points and a long shot 3 points. [A] (makes/made) [a] short shots and [b] long
  ones. [Q]
q: how many points (is/was) that( in all| altogether| in total|) | how many points (are/were) scored( in all| in
  total|)
s: The two-point shots give {c=a*2} points. | [a] times 2 is {c=a*2} points.
s: The three-point shots give {d=b*3} points. | [b] times 3 is {d=b*3} points.
s: In all that is {e=c+d} points. | Together that makes {e=c+d} points.
-- a=10..99 b=10..99 c=5..60 ?a+b>c
t: The (home|blue|red) team (scores/scored) [a] points in the first half and [b] points in the second half. How many
  points (does/did) the team score in all?
t: [A]'s team (has/had) [a] points at half time and (scores/scored) [b] points after that. What (is/was) the final
  score of the team?
t: Before the break a player (gets/got) [a] points, and after the break [b] more. How many points (does/did) the
  player get in total?
t: One team (has/had) [a] points and the other [b]. How many points (are/were) scored by both teams together?
t: In the first game [A] (scores/scored) [a] points and in the second game [b] points. How many points (is/was) that
  (altogether|in both games)?
s: That is {d=a+b} points. | In all there are {d=a+b} points.
-- a=20..110 b=20..110 ?a>b+1
t: The (Lions|Tigers|Eagles|Bears) (score/scored) [a] points and the (Hawks|Sharks|Wolves) (score/scored) [b]. By how
  many points (do/did) they win?
t: [A] (has/had) [a] points in the quiz and [B] (has/had) [b]. How many more points (does/did) [A] have than [B]?
t: One player (scores/scored) [a] points and another [b] points. What (is/was) the difference between their scores?
t: The score (is/was) [a] to [b]. By how many points (is/was) the first team ahead?
t: [A]'s team (wins/won) [a] to [b]. How many points (does/did) the other team miss for a tie?
t: The visitors (have/had) [b] points and the home team (has/had) [a]. How many more points (does/did) the home team
  have?
s: The difference is {c=a-b} points. | [a] is {c=a-b} more than [b].
-- a=2..5 b=3..25 k=2..20 v~goal,point,run,basket
t: [A] (scores/scored) [a] [vs] in each game. How many [vs] (does/did) [A] score in [b] games?
t: In every one of [b] games, the team (scores/scored) [a] [vs]. How many [vs] (is/was) that altogether?
t: A player (gets/got) [a] [vs] per game. How many [vs] (does/did) the player have after [b] games?
t: How many [vs] (does/did) a team score in [b] games if it (scores/scored) [a] [vs] in each?
s: In [b] games that is {c=a*b} [vs]. | [b] games make {c=a*b} [vs].
-- a=2..6 b=2..20 e=2..40 n=a*b
t: [A] (has/had) [e] goals before the summer. Since then [he] (has scored/had scored) [a] goals in each of [b] games.
  How many goals (does/did) [A] have now?
t: A team (has/had) [e] points. In the next [b] games it (wins/won) [a] points each. How many points (does/did) the
  team have then?
t: [A] (scores/scored) [a] points in each of [b] rounds and (gets/got) [e] bonus points. How many points (does/did)
  [A] have in all?
s: The [b] games or rounds give {c=a*b}. | [b] times [a] is {c=a*b}.
s: In all that is {d=c+e}. | That makes {d=c+e}.
== season
-- n=10..60 l=2..20 t=1..9 ?l+t+1<n ?t>1
t: A team (plays/played) [n] games. It (loses/lost) [l] games and (ties/tied) [t]. [Q]
t: In one season [A]'s team (plays/played) [n] games. [l] games (are/were) lost and [t] (end/ended) in a draw. [Q]
t: Out of [n] games, a team (loses/lost) [l] and (draws/drew) [t]. [Q]
t: The team's record (shows/showed) [n] games, [l] of them lost and [t] tied. The other games (are/were) wins. [Q]
q: how many games (does/did) the team win | how many games (are/were) won
s: {c=l+t} games are not won. | [l] and [t] make {c=l+t} games.
s: The team wins {d=n-c} games. | {d=n-c} games are won.
-- w=2..30 t=2..20
t: A win (is/was) worth 3 points and a draw 1 point. [A]'s team (has/had) [w] wins and [t] draws. [Q]
t: In a league, teams (get/got) 3 points for a win and 1 point for a draw. A team (wins/won) [w] games and
  (draws/drew) [t]. [Q]
t: [A]'s club (wins/won) [w] matches and (draws/drew) [t] matches. Each win (gives/gave) 3 points and each draw 1
  point. [Q]
q: how many points (does/did) the team have | how many points (is/was) that( in all| altogether|)
s: The wins give {c=w*3} points. | [w] wins are {c=w*3} points.
s: With the draws that is {d=c+t} points. | In all that is {d=c+t} points.
-- w=5..60 l=2..40 ?w>l+1
t: A team (wins/won) [w] games and (loses/lost) [l] games. How many games (does/did) it play( in all| altogether|)?
t: [A] (plays/played) chess. [He] (wins/won) [w] games and (loses/lost) [l]. How many games (does/did) [A] play?
t: The team (has/had) [w] wins and [l] losses and no draws. How many games (has/had) it played?
s: In all that is {c=w+l} games. | [w] and [l] make {c=w+l} games.
-- w=5..60 l=2..40 ?w>l+1
t: [A]'s team (wins/won) [w] games and (loses/lost) [l]. How many more games (does/did) the team win than lose?
t: This year the team (has/had) [w] wins. Last year it had [l] wins. How many more wins (does/did) it have this year?
t: A tennis player (wins/won) [w] matches and (loses/lost) [l] matches. What is the difference between wins and
  losses?
s: The difference is {c=w-l}. | That is {c=w-l} more.
== albums
-- p=2..15 n=4..16 k=2..n-1 ?p*n+k<=200 T~sticker,stamp,photo,card,coin,picture,postcard v~page,sheet
t: [A] (has/had) an album. [p] [vs] (are/were) full with [n] [Ts] on each, and one more [v] (has/had) [k] [Ts]. [Q]
t: [A] (fills/filled) [p] [vs] of [his] album with [n] [Ts] each. On the last [v] there (are/were) [k] [Ts]. [Q]
t: There (are/were) [n] [Ts] on each of the first [p] [vs] of a book and [k] [Ts] on the next [v]. [Q]
t: [A] (puts/put) [n] [Ts] on every [v]. After [p] full [vs], [k] [Ts] (are/were) left over. [Q]
q: how many [Ts] (are/were) there (in all|altogether|in total) | how many [Ts] (is/was) that (in all|altogether)
s: The full [vs] hold {c=p*n} [Ts]. | [p] [vs] hold {c=p*n} [Ts].
s: In all there are {d=c+k} [Ts]. | With the others that is {d=c+k} [Ts].
-- p=2..15 n=3..16 m=p*n ?m<=200 T~sticker,stamp,photo,card,coin,picture,postcard
t: An album (has/had) room for [n] [Ts] on each page. [A] (has/had) [m] [Ts]. [Q]
t: [A] (has/had) [m] [Ts] and (puts/put) [n] on each page of an album. [Q]
t: [n] [Ts] (fit/could fit) on one page. [Q] for [m] [Ts]?
t: [A] (wants/wanted) to put [m] [Ts] in a book with [n] on a page. [Q]
q: how many pages (are/were) needed | how many pages (is/was) that
s: That is {c=m/n} pages. | [m] [Ts] fill {c=m/n} pages.
-- p=4..15 n=3..14 k=2..150 ?k+1<p*n T~sticker,stamp,photo,card,coin,picture
t: An album (has/had) [p] pages with room for [n] [Ts] on each page. [A] already (has/had) [k] [Ts] in it. How many
  more [Ts] (does/did) [A] need to fill the album?
t: [A]'s album (holds/held) [n] [Ts] per page and (has/had) [p] pages. [k] [Ts] (are/were) in the album so far. How
  many [Ts] (are/were) missing?
t: There (are/were) [p] pages in a [T] book, each with places for [n] [Ts]. [k] places (are/were) taken. How many
  places (are/were) empty?
s: The album has room for {c=p*n} [Ts]. | [p] pages hold {c=p*n} [Ts].
s: {d=c-k} are missing. | That leaves {d=c-k} places.
-- a=10..120 b=5..60 c=5..60 ?c<a T~sticker,stamp,coin,card,shell,postcard,marble
t: [A] (collects/collected) [Ts] and (has/had) [a]. [His] (aunt|uncle|brother) (sends/sent) [him] [b] more. [He]
  (trades/traded) away [c] [Ts]. [Q]
t: A collection (has/had) [a] [Ts]. [A] (sells/sold) [c] of them and (finds/found) [b] new ones. [Q]
t: [A]'s collection of [a] [Ts] (grows/grew) by [b] [Ts] at the fair. Later [c] [Ts] (are/were) lost. [Q]
q: how many [Ts] (are/were) in the collection (now|after that) | how many [Ts] (does/did) [A] have (now|in the end)
s: With the new ones that is {d=a+b} [Ts]. | [a] and [b] make {d=a+b} [Ts].
s: {e=d-c} [Ts] are left. | In the end there are {e=d-c} [Ts].
== shelves
-- a=2..12 b=4..30 k=2..60 ?k+1<a*b ?a*b<=200 T~book,DVD,jar,toy,game,trophy,magazine,doll,comic v~shelf/shelves,rack
t: There (are/were) [a] [vs] with [b] [Ts] on each. [A] (takes/took) away [k] [Ts]. [Q]
t: A (library|shop|store) (has/had) [a] [vs] of [Ts], and each [v] (holds/held) [b] [Ts]. [k] [Ts] (are/were)
  (borrowed|sold|taken). [Q]
t: Each [v] in [A]'s room (holds/held) [b] [Ts], and there (are/were) [a] [vs]. [He] (gives/gave) away [k] [Ts]. [Q]
t: [A] (puts/put) [b] [Ts] on each of [a] [vs]. Later [k] of them (fall/fell) down. [Q] on the [vs]?
q: how many [Ts] (are/were) left
s: There are {c=a*b} [Ts]. | [a] [vs] hold {c=a*b} [Ts].
s: {d=c-k} [Ts] are left. | That leaves {d=c-k} [Ts].
-- a=2..12 b=4..30 k=2..b-1 T~book,DVD,jar,toy,game,trophy,magazine v~shelf/shelves,rack ?a*b+k<=200
t: [A] (has/had) [a] full [vs] with [b] [Ts] each and one [v] with only [k] [Ts]. [Q]
t: A bookcase (has/had) [a] [vs] of [b] [Ts]. Another [k] [Ts] (lie/lay) on the floor. [Q]
t: On each of [a] [vs] there (are/were) [b] [Ts]. On the table there (are/were) [k] more. [Q]
q: how many [Ts] (are/were) there (in all|altogether|in total) | how many [Ts] (does/did) that make (in
  all|altogether)
s: The [vs] hold {c=a*b} [Ts]. | [a] [vs] hold {c=a*b} [Ts].
s: In all there are {d=c+k} [Ts]. | That makes {d=c+k} [Ts].
-- k=3..20 q=2..12 n=k*q ?n<=200 x=2..40 m=n+x ?m<=200 T~book,DVD,jar,toy,game,magazine v~shelf/shelves,rack
t: A shop (gets/got) [m] [Ts]. It (sells/sold) [x] right away and (puts/put) the rest on [vs], [k] on each. How many
  [vs] (are/were) used?
t: [A] (has/had) [m] [Ts]. [He] (gives/gave) [x] to a friend and (puts/put) the others on [vs] with [k] [Ts] each. How
  many [vs] (does/did) [A] need?
t: Of [m] [Ts], [x] (are/were) broken. The rest (stand/stood) on [vs] of [k] [Ts]. How many [vs] (are/were) there?
s: {c=m-x} [Ts] go on the [vs]. | That leaves {c=m-x} [Ts].
s: They need {d=c/k} [vs]. | [c] [Ts] fill {d=c/k} [vs].
== cutting
-- k=2..12 q=2..15 x=2..30 n=k*q+x
  T~rope,ribbon,wire,piece_of_string/pieces_of_string,board,piece_of_cloth/pieces_of_cloth
  u~cm/cm,meter,inch/inches,foot/feet
t: [A] (has/had) [an:T] that (is/was) [n] [us] long. [He] (cuts/cut) off [q] pieces of [k] [us] each. [Q]
t: From [an:T] of [n] [us], [A] (cuts/cut) [q] pieces, each [k] [us] long. [Q]
t: [an:T] (is/was) [n] [us] long. [q] pieces of [k] [us] (are/were) cut off. [Q]
t: [A] (needs/needed) [q] pieces of [k] [us]. [He] (cuts/cut) them from [an:T] of [n] [us]. [Q]
q: how many [us] (are/were) left | how long (is/was) the rest in [us] | how many [us] (remain/remained)
s: The pieces are {c=q*k} [us] long. | [q] pieces take {c=q*k} [us].
s: {d=n-c} [us] are left. | That leaves {d=n-c} [us].
-- k=2..12 q=2..15 n=k*q T~rope,ribbon,wire,board,pipe u~cm/cm,meter,inch/inches,foot/feet
t: [A] (cuts/cut) [an:T] of [n] [us] into pieces of [k] [us]. How many pieces (are/were) there?
t: [an:T] (is/was) [n] [us] long. How many pieces of [k] [us] (can/could) be cut from it?
t: How many pieces that are [k] [us] long (can/could) [A] cut from [an:T] of [n] [us]?
t: A worker (has/had) [an:T] [n] [us] long and (cuts/cut) it into pieces [k] [us] long. How many pieces (does/did) the
  worker get?
s: That makes {c=n/k} pieces. | [n] [us] give {c=n/k} pieces.
-- n=2..12 k=2..15 T~rope,ribbon,wire,board,pipe u~cm/cm,meter,inch/inches,foot/feet m=n*k
t: [A] (cuts/cut) [an:T] of [m] [us] into [n] equal pieces. How many [us] long (is/was) each piece?
t: [an:T] [m] [us] long (is/was) divided into [n] equal parts. How long (is/was) each part in [us]?
t: [n] equal pieces (are/were) cut from [an:T] of [m] [us], and nothing (is/was) left. How many [us] (is/was) one
  piece?
s: Each piece is {c=m/n} [us] long.
-- n=20..200 a=3..80 b=3..80 ?a+b+1<n T~rope,ribbon,wire,board,pipe,chain u~cm/cm,meter,inch/inches,foot/feet
t: [A] (has/had) [n] [us] of [T]. [He] (uses/used) [a] [us] for one thing and [b] [us] for another. How many [us]
  (are/were) left?
t: [an:T] was [n] [us] long. First [a] [us] (are/were) cut off, then [b] [us]. How long (is/was) the [T] now, in [us]?
t: A shop (has/had) [n] [us] of [T] and (sells/sold) [a] [us] to [A] and [b] [us] to [B]. How many [us] of [T]
  (remain/remained)?
s: {c=a+b} [us] are gone. | [a] and [b] make {c=a+b} [us].
s: {d=n-c} [us] are left. | That leaves {d=n-c} [us].
== shapes
-- a=2..50 u~meter,foot/feet,yard T~square,square_garden,square_pool,square_room,square_field
t: [an:T] (has/had) sides of [a] [us]. What (is/was) the perimeter in [us]?
t: Each side of [an:T] (is/was) [a] [us] long. How many [us] (is/was) it around?
t: What is the perimeter of a square with a side of [a] [us]?
t: [A] (walks/walked) once around [an:T]. Each side (is/was) [a] [us] long. How many [us] (does/did) [A] walk?
t: How many [us] of (fence|tape|rope) (are/were) needed to go around [an:T] with sides of [a] [us]?
s: The perimeter is {c=4*a} [us]. | A square has 4 equal sides, so it is {c=4*a} [us].
-- a=3..50 b=2..49 ?a>b u~meter,foot/feet T~rectangle,garden,pool,playground,yard,field
t: [an:T] (is/was) [a] [us] long and [b] [us] wide. What (is/was) the perimeter in [us]?
t: [A] (puts/put) a (border|rope|fence) around [an:T] that (is/was) [a] [us] long and [b] [us] wide. How many [us]
  (does/did) [he] need?
t: The length of [an:T] (is/was) [a] [us] and the width (is/was) [b] [us]. How many [us] (is/was) it all the way
  around?
t: What is the perimeter of a rectangle of [a] [us] by [b] [us]?
s: One long and one short side are {c=a+b} [us]. | [a] and [b] make {c=a+b} [us].
s: The perimeter is {d=c*2} [us]. | All the way around is {d=c*2} [us].
-- a=3..20 b=2..14 ?a>b ?a*b<=200 u~meter,foot/feet T~rectangle,garden,carpet,floor,wall,room
t: [an:T] (is/was) [a] [us] long and [b] [us] wide. What (is/was) the area in square [us]?
t: What is the area of a rectangle that is [a] [us] long and [b] [us] wide, in square [us]?
t: [A] (has/had) [an:T] of [a] by [b] [us]. How many square [us] (is/was) that?
t: The sides of [an:T] (measure/measured) [a] [us] and [b] [us]. Find the area. How many square [us] is it?
s: The area is {c=a*b} square [us]. | [a] times [b] is {c=a*b} square [us].
-- a=2..50 p=a*4 u~cm/cm,meter,inch/inches,foot/feet
t: The perimeter of a square is [p] [us]. How long is each side in [us]?
t: A square (garden|park|frame) (has/had) a perimeter of [p] [us]. How many [us] (is/was) one side?
t: [A] (bends/bent) a wire of [p] [us] into a square. How many [us] (is/was) each side?
s: Each side is {c=p/4} [us].
-- a=3..14 b=2..14 p=2..9 ?a*b*p<=200
t: A floor (is/was) [a] meters long and [b] meters wide. One square meter of carpet (costs/cost) $[p]. How much
  (does/did) the carpet cost for the whole floor?
t: [A] (paints/painted) a wall of [a] by [b] meters. The paint (costs/cost) [p] dollars for each square meter. How
  many dollars (does/did) the paint cost?
t: A garden (is/was) [a] feet by [b] feet. In every square foot [A] (plants/planted) [p] flowers. How many flowers
  (does/did) [A] plant?
s: The area is {c=a*b}. | [a] times [b] is {c=a*b}.
s: In all that is {d=c*p}. | For [c] it is {d=c*p}.
== pouring
-- a=2..12 b=3..15 k=2..60 ?k+1<a*b v~bottle,jug,pitcher,carton,can T~juice,lemonade,water,milk,tea
  u~cup,glass/glasses
t: Each [v] of [T] (is/was) enough for [b] [us]. [A] (has/had) [a] [vs] and (pours/poured) [k] [us]. How many [us]
  (are/were) left?
t: [A] (has/had) [a] [vs] of [T], and each [v] (gives/gave) [b] [us]. The guests (drink/drank) [k] [us]. How many [us]
  of [T] (are/were) left?
t: There (are/were) [a] [vs] with [b] [us] of [T] in each. [k] [us] (are/were) drunk. How many [us] (remain/remained)?
s: There are {c=a*b} [us]. | [a] [vs] give {c=a*b} [us].
s: {d=c-k} [us] are left. | That leaves {d=c-k} [us].
-- p=2..20 g=2..6 T~water,milk,juice,tea
t: [A] (drinks/drank) [g] glasses of [T] a day. How many glasses (does/did) [he] drink in [p] days?
t: [p] people each (drink/drank) [g] glasses of [T]. How many glasses of [T] (is/was) that (in all|altogether)?
t: Each of [p] runners (gets/got) [g] bottles of [T]. How many bottles (are/were) needed?
t: [A] (pours/poured) [g] glasses of [T] for each of [p] guests. How many glasses (does/did) [A] pour?
t: Each table (gets/got) [g] jugs of [T] and there (are/were) [p] tables. How many jugs (are/were) needed?
t: If a child (drinks/drank) [g] cups of [T], how many cups (do/did) [p] children drink?
s: That is {c=p*g} in all. | [p] times [g] is {c=p*g}.
-- n=20..150 a=5..60 b=2..40 ?a+b+1<n T~water,milk,juice,lemonade u~liter,cup,ounce
t: A (jug|barrel|pot) (has/had) [n] [us] of [T] in it. [A] (takes/took) out [a] [us] and then [b] [us]. [Q]
t: [A] (has/had) [n] [us] of [T]. [He] (uses/used) [a] [us] in the morning and [b] [us] in the evening. [Q]
t: From [n] [us] of [T], [a] [us] (are/were) drunk and [b] [us] (are/were) spilled. [Q]
q: how many [us] (are/were) left | how many [us] of [T] (remain/remained)
s: {d=a+b} [us] are gone. | [a] and [b] make {d=a+b} [us].
s: {e=n-d} [us] are left. | That leaves {e=n-d} [us].
== guests
-- a=10..90 b=3..40 c=3..50 d=2..20 ?a+b-c>1 p~party,wedding,meeting,picnic,concert,fair
t: There (are/were) [a] (people|guests) at a [p]. [b] more (come/came) later and [c] (leave/left) early. [Q]
t: At first, [a] people (are/were) at the [p]. Then [b] people (arrive/arrived) and [c] (go/went) home. [Q]
t: [A] (counts/counted) [a] guests at the [p]. An hour later, [b] other guests (arrive/arrived). Before the end, [c]
  guests (leave/left). [Q]
t: When the [p] (begins/began), [a] people (are/were) there. [b] (come/came) late. After dinner, [c] people
  (leave/left). [Q]
q: how many people (are/were) there (then|after that|in the end) | how many people (stay/stayed) | how many people
  (are/were) still there
s: First there are {e=a+b} people. | With the new ones that is {e=a+b} people.
s: {f=e-c} people are still there. | Then {f=e-c} people stay.
-- n=20..150 a=3..50 b=3..50 ?a+b+1<n p~party,wedding,meeting,picnic,concert,fair
t: [n] people (are/were) at a [p]. [a] (leave/left) in the first hour and [b] in the second hour. [Q]
t: [A] (has/had) [n] guests at a [p]. [a] of them (go/went) home before dinner and [b] right after it. [Q]
t: A [p] (starts/started) with [n] guests. When it (gets/got) dark, [a] (leave/left). Later [b] more (leave/left). [Q]
t: [n] people (come/came) to the [p]. After the first song [a] people (walk/walked) out, and after the second song
  [b]. [Q]
q: how many people (are/were) left | how many (stay/stayed) | how many (remain/remained)
s: After the first part {c=n-a} are left. | First, {c=n-a} people stay.
s: Then {d=c-b} are left. | In the end {d=c-b} people stay.
-- n=20..150 a=5..80 ?a+1<n p~party,wedding,meeting,picnic,concert
t: [A] (invites/invited) [n] people to a [p], but [a] (cannot/could not) come. How many people (come/came)?
t: There (are/were) [n] chairs at a [p]. [a] people (sit/sat) down. How many chairs (are/were) still free?
t: [n] people (are/were) expected at the [p] and [a] (have/had) come so far. How many people (are/were) still missing?
s: That leaves {c=n-a}. | [n] without [a] is {c=n-a}.
-- t=3..20 k=4..12 x=2..40 ?t*k+x<=200 p~party,wedding,dinner,concert
t: At a [p] there (are/were) [t] tables with [k] guests at each. [x] more guests (stand/stood). How many guests
  (are/were) there (in all|altogether)?
t: [t] tables (are/were) full at the [p], with [k] people at each table. [x] people (dance/danced). How many people
  (are/were) at the [p]?
t: [A] (sets/set) up [t] tables for [k] people each. That (leaves/left) [x] guests without a seat. How many guests
  (are/were) there?
s: {c=t*k} (guests|people) sit at the tables. | The tables seat {c=t*k} people.
s: In all there are {d=c+x}. | With the others that is {d=c+x}.
== entry
-- a=2..20 c=2..30 p=3..15 q=1..9 ?q<p ?q>1 v~museum,zoo,play,concert,fair,circus,swimming_pool,school_show
t: A [v] (sells/sold) tickets at $[p] for adults and $[q] for children. [a] adults and [c] children (come/came). [Q]
t: [a] adults and [c] children (visit/visited) the [v]. An adult ticket (costs/cost) [p] dollars and a child ticket
  [q] dollars. [Q]
t: For the [v], [A] (sells/sold) [a] adult tickets for $[p] each and [c] child tickets for $[q] each. [Q]
t: Children (pay/paid) $[q] and adults (pay/paid) $[p] at the [v]. [Q] if [c] children and [a] adults (come/came)?
q: how much money (is/was) that (in all|altogether) | how many dollars (is/was) that (in all|in total|altogether)
s: The adults pay {d=a*p} dollars. | [a] adult tickets are {d=a*p} dollars.
s: The children pay {e=c*q} dollars. | [c] child tickets are {e=c*q} dollars.
s: In all that is {f=d+e} dollars. | Together they pay {f=d+e} dollars.
-- n=30..200 a=10..150 ?a+1<n v~museum,zoo,play,concert,fair,circus,swimming_pool,game,school_show
t: [n] tickets (are/were) sold for the [v]. [a] of them (are/were) for adults and the rest for children. How many
  child tickets (are/were) sold?
t: [n] people (come/came) to the [v], and [a] of them (are/were) children. How many adults (come/came)?
t: The [v] (sells/sold) [n] tickets today. [a] (are/were) sold in the morning. How many (are/were) sold in the
  afternoon?
t: There (are/were) [n] tickets for the [v]. [A] (sells/sold) [a] of them. How many tickets (are/were) left?
s: That is {c=n-a}. | [n] without [a] leaves {c=n-a}.
-- a=4..40 b=4..40 v~play,concert,fair,circus,game,school_show
t: [A] (sells/sold) [a] tickets for the [v] on Monday, [b] on Tuesday and twice as many on Wednesday as on Tuesday.
  How many tickets (does/did) [A] sell (in all|altogether)?
t: On Friday [a] people (are/were) at the [v], on Saturday [b], and on Sunday twice as many as on Saturday. How many
  people (is/was) that in all?
t: [A] (sells/sold) [a] tickets for the [v] in the morning and [b] at noon. In the evening [he] (sells/sold) twice as
  many as at noon. How many tickets (is/was) that altogether?
t: There (are/were) [a] men and [b] women at the [v], and twice as many children as women. How many people (are/were)
  at the [v]?
s: Twice [b] is {e=b*2}.
s: In all that is {f=a+b+e}. | Together that makes {f=a+b+e}.
-- s=4..15 r=5..20 k=2..60 ?k+1<s*r ?s*r<=200 v~theater,cinema,hall,circus
t: A [v] (has/had) [r] rows of [s] seats. [k] seats (are/were) empty. How many people (are/were) sitting in the [v]?
t: There (are/were) [r] rows in the [v] with [s] seats in each row. [k] tickets (are/were) not sold. How many tickets
  (are/were) sold?
t: In the [v] there (are/were) [s] seats in each of the [r] rows. [k] people (have/had) sat down. How many seats
  (are/were) free?
s: There are {c=r*s} seats. | [r] rows have {c=r*s} seats.
s: That leaves {d=c-k}. | [c] without [k] is {d=c-k}.
== animals
-- a=6..90 b=2..60 c=2..60 ?b<a ?a-b>1 T~bird,sparrow,pigeon,duck,seagull,crow,robin,parrot
t: [a] [Ts] (are/were) sitting (on a roof|in a tree|on a fence|by a pond). [b] (fly/flew) away, and then [c] new ones
  (come/came). [Q]
t: There (are/were) [a] [Ts] (on a wire|in a field|on the beach). [b] of them (fly/flew) off. Later [c] more [Ts]
  (land/landed). [Q]
t: [A] (sees/saw) [a] [Ts] in the park. [b] [Ts] (fly/flew) away when a dog (barks/barked), but [c] others
  (join/joined) the rest. [Q]
t: On the lake there (are/were) [a] [Ts]. In the afternoon [b] (leave/left) and in the evening [c] (arrive/arrived).
  [Q]
q: how many [Ts] (are/were) there (now|then|after that) | how many [Ts] (are/were) there in the end
s: {d=a-b} [Ts] stay. | First, {d=a-b} [Ts] are left.
s: Then there are {e=d+c} [Ts]. | With the new ones that is {e=d+c} [Ts].
-- a=4..40 k=3..5 b=2..30 T~bird,duck,rabbit,goat,cow,horse,squirrel,butterfly,frog,bee,ant ?b+1<a*k
t: There (are/were) [a] [Ts] (on the farm|in the forest|in the meadow|by the river) in spring. In summer there
  (are/were) [k] times as many. [Q]
t: A (park|farm|reserve) (has/had) [a] [Ts]. A year later it (has/had) [k] times as many. [Q]
t: [A] (counts/counted) [a] [Ts] on Monday and [k] times as many on Tuesday. How many [Ts] (does/did) [A] count on
  Tuesday?
q: how many [Ts] (are/were) there then
s: Then there are {c=a*k} [Ts]. | [k] times as many is {c=a*k} [Ts].
-- a=4..50 b=2..30 T~bird,duck,rabbit,goat,cow,horse,squirrel,butterfly,frog,bee
t: [A] (sees/saw) [a] [Ts] in the morning and twice as many in the afternoon. How many [Ts] (does/did) [A] see in all?
t: On one farm there (are/were) [a] [Ts]. On the next farm there (are/were) twice as many. How many [Ts] (are/were)
  there on both farms?
t: One day [a] [Ts] (come/came) to the pond. The next day twice as many (come/came). How many [Ts] (is/was) that on
  both days (together|in all)?
s: Twice as many is {c=a*2} [Ts].
s: Together that is {d=a+c} [Ts]. | In all there are {d=a+c} [Ts].
-- a=5..60 b=2..40 c=2..20 ?c<a+b T~cow,goat,horse,pig,rabbit,hen,turkey,alpaca
t: A farmer (has/had) [a] [Ts]. The farmer (buys/bought) [b] more and (sells/sold) [c]. [Q]
t: [A] (keeps/kept) [a] [Ts] on [his] farm. In spring, [b] young ones (are/were) born. [He] (gives/gave) [c] to a
  neighbor. [Q]
t: There (are/were) [a] [Ts] on the farm. [b] (are/were) born this year and [c] (are/were) sold. [Q]
q: how many [Ts] (are/were) on the farm (now|then) | how many [Ts] (are/were) there (now|then)
s: First that makes {d=a+b} [Ts]. | [a] and [b] are {d=a+b} [Ts].
s: Then there are {e=d-c} [Ts]. | That leaves {e=d-c} [Ts].
-- k=2..6 q=3..40 n=k*q T~bird,duck,rabbit,cow,squirrel,butterfly,frog,hen,parrot ?n<=200
t: There (are/were) [n] [Ts] in the (park|garden|valley). They (live/lived) in [k] groups of the same size. How many
  [Ts] (are/were) in each group?
t: A zoo (has/had) [n] [Ts] in [k] houses, with the same number in each. How many [Ts] (are/were) in each house?
t: [A] (has/had) [n] [Ts] and (puts/put) them into [k] pens with the same number of [Ts] in each. How many [Ts]
  (are/were) in each pen?
t: [n] [Ts] (are/were) in [k] places, with the same number in each place. How many [Ts] (are/were) in one place?
s: Each has {c=n/k} [Ts]. | In each there are {c=n/k} [Ts].
== prices
-- a=2..15 p=2..12 T~rice,sugar,cheese,flour,meat,coffee,fish,butter,tea,ham u~kg/kg,pound,kilogram
t: One [u] of [T] (costs/cost) $[p]. How much (do/did) [a] [us] cost?
t: [T] (costs/cost) [p] dollars (a|per) [u] at the (market|store). How many dollars (does/did) [A] pay for [a] [us]?
t: [A] (buys/bought) [a] [us] of [T] at [p] dollars a [u]. How much (does/did) [he] (spend|pay)?
t: At $[p] per [u], how much (do/did) [a] [us] of [T] cost?
t: What (is/was) the price of [a] [us] of [T] if one [u] (costs/cost) $[p]?
s: [a] [us] cost {c=a*p} dollars. | That is {c=a*p} dollars.
-- a=2..12 p=2..15 x=2..60 n=a*p+x ?n<=200
  T~pair_of_socks/pairs_of_socks,pair_of_gloves/pairs_of_gloves,set_of_towels/sets_of_towels,pack_of_paper/packs_of_paper,box_of_chalk/boxes_of_chalk,pair_of_laces/pairs_of_laces
t: A [T] (costs/cost) $[p]. [A] (buys/bought) [a] [Ts] and (pays/paid) with $[n]. [Q]
t: [A] (has/had) $[n] and (buys/bought) [a] [Ts] at $[p] each. [Q]
t: [A] (goes/went) shopping with [n] dollars. [He] (takes/took) [a] [Ts] for [p] dollars each. [Q]
t: [a] [Ts] (are/were) in [A]'s basket, each for $[p]. [He] (gives/gave) the cashier $[n]. [Q]
q: how much money (is/was) left | how many dollars (are/were) left | how much (does/did) [A] get back
s: The [Ts] cost {c=a*p} dollars. | [a] [Ts] cost {c=a*p} dollars.
s: {d=n-c} dollars are left. | That leaves {d=n-c} dollars.
-- a=2..9 p=2..12 b=2..9 r=2..12 T~rice,sugar,cheese,flour,meat U~apples,potatoes,grapes,onions,carrots,nuts
  u~kg/kg,pound,kilogram
t: [A] (buys/bought) [a] [us] of [T] at $[p] a [u] and [b] [us] of [U] at $[r] a [u]. [Q]
t: [T] (costs/cost) [p] dollars per [u] and [U] cost [r] dollars per [u]. [A] (buys/bought) [a] [us] of [T] and [b]
  [us] of [U]. [Q]
t: At the market [A] (gets/got) [a] [us] of [T] for [p] dollars a [u]. [He] also (gets/got) [b] [us] of [U] for [r]
  dollars a [u]. [Q]
q: how much (does/did) [A] (pay|spend) (in all|altogether|in total) | how many dollars (does/did) [A] (pay|spend)
s: The [T] costs {c=a*p} dollars. | For the [T], [A] pays {c=a*p} dollars.
s: The [U] cost {d=b*r} dollars. | For the [U], [A] pays {d=b*r} dollars.
s: In all that is {e=c+d} dollars. | Together they cost {e=c+d} dollars.
-- k=2..8 q=2..12 n=k*q m=2..12 ?m!=k
  T~pen,ticket,notebook,lemon,bread_roll,towel,bottle_of_water/bottles_of_water,card
t: [k] [Ts] cost $[n]. How much (do/did) [m] [Ts] cost?
t: [A] (pays/paid) [n] dollars for [k] [Ts]. [B] (buys/bought) [m] of the same [Ts]. How many dollars (does/did) [B]
  pay?
t: If [k] [Ts] (are/were) [n] dollars, how many dollars (are/were) [m] [Ts]?
t: A store (sells/sold) [k] [Ts] for $[n]. At that price, how much (are/were) [m] [Ts]?
s: One costs {c=n/k} dollars. | One [T] is {c=n/k} dollars.
s: [m] [Ts] cost {d=m*c} dollars. | For [m] that is {d=m*c} dollars.
== saving
-- s=2..20 w=2..20 n=s*w ?n<=200 T~bike,game,tent,guitar,skateboard,camera,coat,watch v~week,month,day
t: [A] (saves/saved) $[s] (a|every|each) [v]. [He] (wants/wanted) to buy a [T] for $[n]. [Q]
t: A [T] (costs/cost) [n] dollars. [A] (puts/put) aside [s] dollars every [v]. [Q]
t: [A] (needs/needed) $[n] for a [T]. If [he] (saves/saved) $[s] per [v], [ask]?
t: To buy a [T] for [n] dollars, [A] (saves/saved) [s] dollars each [v]. [Q]
q: how many [vs] (does/did) it take | how many [vs] (are/were) needed | after how many [vs] (does/did) [A] have
  enough( money|)
s: It takes {c=n/s} [vs]. | [A] needs {c=n/s} [vs].
-- s=2..20 w=2..12 h=5..80 n=s*w+h ?n<=200 T~bike,game,tent,guitar,skateboard,camera,coat,watch v~week,month
t: [A] (has/had) $[h] and (saves/saved) $[s] every [v]. A [T] (costs/cost) $[n]. [Q]
t: A [T] (costs/cost) [n] dollars. [A] already (has/had) [h] dollars and (saves/saved) [s] dollars a [v]. [Q]
t: [A] (wants/wanted) a [T] for $[n]. [He] (got/got) $[h] for [his] birthday. [He] (adds/added) $[s] each [v]. [Q]
t: [A]'s goal (is/was) [n] dollars. [He] (starts/started) with [h] dollars and (puts/put) in [s] dollars per [v]. [Q]
q: how many [vs] (does/did) it take to (get|save) the rest | after how many [vs] (does/did) [A] have enough( money|)
s: {c=n-h} dollars are missing. | [A] still needs {c=n-h} dollars.
s: That takes {d=c/s} [vs]. | [A] needs {d=c/s} [vs].
-- s=2..20 w=2..12 h=5..80 v~week,month ?h+s*w<=200
t: [A] (has/had) $[h] in [his] (piggy bank|account|wallet). [He] (saves/saved) $[s] every [v]. [Q]
t: [A] (saves/saved) [s] dollars a [v] and (has/had) [h] dollars at the start. [Q]
t: There (are/were) [h] dollars in [A]'s savings box. Each [v] [he] (adds/added) [s] dollars. [Q]
q: how much money (does/did) [A] have after [w] [vs] | how many dollars (does/did) [A] have after [w] [vs]
s: In [w] [vs] [A] saves {c=s*w} dollars. | [w] [vs] bring {c=s*w} dollars.
s: Then [A] has {d=h+c} dollars. | In all that is {d=h+c} dollars.
-- s=2..20 w=2..12 x=2..100 ?x+1<s*w v~week,month T~bike,game,tent,coat,watch
t: [A] (saves/saved) $[s] a [v] for [w] [vs]. Then [he] (spends/spent) $[x] on a [T]. [Q]
t: For [w] [vs], [A] (puts/put) away [s] dollars each [v]. [He] (buys/bought) a [T] for [x] dollars. [Q]
t: [A]'s pocket money (is/was) [s] dollars a [v], and [he] (keeps/kept) all of it for [w] [vs]. After that [he]
  (pays/paid) $[x] for a [T]. [Q]
t: Every [v] [A] (puts/put) $[s] in a jar. After [w] [vs] [he] (takes/took) out $[x] for a [T]. [Q]
t: [A] (saves/saved) all of [his] $[s] a [v]. If [he] (spends/spent) $[x] on a [T] after [w] [vs], [ask]?
q: how much (money |)(does/did) [A] have left | how many dollars (are/were) left
s: [A] saves {c=s*w} dollars. | In [w] [vs] that is {c=s*w} dollars.
s: {d=c-x} dollars are left. | That leaves {d=c-x} dollars.
== parts
-- a=2,3,4,5 b=2,3,4 q=2..12 n=a*b*q ?n<=200 T~child/children,student,guest,player,visitor
t: There (are/were) [n] [Ts] at the camp. 1/[a] of them (swim/swam), and 1/[b] of the swimmers (wear/wore) a red cap.
  How many swimmers (wear/wore) a red cap?
t: Of [n] [Ts], 1/[a] (play/played) music. Of those, 1/[b] (play/played) the piano. How many (play/played) the piano?
t: 1/[a] of the [n] [Ts] (are/were) girls. 1/[b] of the girls (have/had) (long hair|glasses|a bike). How many girls
  (is/was) that?
t: A club (has/had) [n] members. 1/[a] of them (come/came) on Sunday, and 1/[b] of those who (come/came)
  (bring/brought) a cake. How many (bring/brought) a cake?
s: The first part is {c=n/a}. | 1/[a] of [n] is {c=n/a}.
s: Of these it is {d=c/b}. | 1/[b] of [c] is {d=c/b}.
-- b=2,3,4 q=2..24 n=2*b*q ?n<=200 T~apple,cookie,sticker,card,orange,shirt,ball,book,tulip
t: [A] (has/had) [n] [Ts]. Half of them (are/were) red, and 1/[b] of the red ones (are/were) (small|new|broken). How
  many red [Ts] (is/was) that?
t: Half of the [n] [Ts] (are/were) sold on Monday. 1/[b] of the other half (are/were) sold on Tuesday. How many [Ts]
  (are/were) sold on Tuesday?
t: [A] (gives/gave) [B] half of [his] [n] [Ts]. Then [B] (gives/gave) 1/[b] of these to a friend. How many [Ts]
  (does/did) the friend get?
s: Half of [n] is {c=n/2} [Ts].
s: 1/[b] of that is {d=c/b} [Ts]. | Of these it is {d=c/b} [Ts].
-- q=2..24 a=2,3,4,5 n=q*a*2 ?n<=200 T~apple,cookie,sticker,marble,nut,card,plum,candle
t: [A] (has/had) [n] [Ts]. First [he] (gives/gave) away half of them. Then [he] (uses/used) 1/[a] of the rest. How
  many [Ts] (does/did) [A] use?
t: Half of the [n] [Ts] in a box (are/were) taken out. Then 1/[a] of what (is/was) left (is/was) taken out too. How
  many [Ts] (is/was) that the second time?
t: A shop (has/had) [n] [Ts]. It (sells/sold) half of them in the morning and 1/[a] of the remaining [Ts] in the
  afternoon. How many [Ts] (does/did) it sell in the afternoon?
s: Half of [n] is {c=n/2} [Ts]. | {c=n/2} [Ts] are left.
s: 1/[a] of [c] is {d=c/a} [Ts].
-- q=2..40 n=q*4 ?n<=200 T~apple,cookie,sticker,marble,nut,card,plum,candle,page
t: [A] (has/had) [n] [Ts]. [He] (takes/took) half of them and (gives/gave) half of that half to [B]. How many [Ts]
  (does/did) [B] get?
t: Half of the [n] [Ts] (are/were) [A]'s. Half of [A]'s [Ts] (are/were) (new|blue). How many [Ts] (is/was) that?
t: What is half of half of [n] [Ts]?
t: On Monday half of the [n] [Ts] (are/were) used. On Tuesday half of the rest (are/were) used. How many [Ts]
  (are/were) used on Tuesday?
s: Half of [n] is {c=n/2} [Ts].
s: Half of [c] is {d=c/2} [Ts].
-- a=3,4,5,6,8,10 q=2..24 n=q*a ?n<=200 T~apple,cookie,sticker,marble,book,card,question,shirt,page
t: [A] (has/had) [n] [Ts]. 1/[a] of them (are/were) (gone|old|damaged). How many [Ts] (are/were) not?
t: 1/[a] of the [n] [Ts] (are/were) finished or used up. How many [Ts] (are/were) left?
t: Out of [n] [Ts], [A] (takes/took) 1/[a]. How many [Ts] (remain/remained)?
s: 1/[a] of [n] is {c=n/a} [Ts].
s: {d=n-c} [Ts] are left. | That leaves {d=n-c} [Ts].
"""
