/** Words that people use for the words of API documents. */

/** `people's words = words of documents`. A hyphen joins the words of one term. */
const ENTRIES = `
repo repos = repository
project codebase = repository project
org orgs company business = organization
organisation = organization
ticket bug defect = issue ticket bug
problem = issue incident
board roadmap = project board
group = team group
person people somebody colleague coworker member = user member person contact
user = user member account
who = user member
employee staff = user member employee
customer client = customer client account contact
account = account user
profile = user profile
me myself = authenticated user me
my mine = authenticated-user current-user me
workspace = workspace team
boss manager = manager
teammate = member
access permission right role = permission access collaborator role
rights = permission
admin administrator = admin administrator
guest = collaborator guest
license licence = license seat
label tag = label tag topic
tagging = label tag
comment remark note = comment note message
reply answer respond = reply comment
message chat = message
conversation thread discussion = thread conversation discussion channel
inbox = notification inbox message
alert warning = alert
vulnerable vulnerability insecure = vulnerability alert advisory dependabot
leak leaked = secret-scanning leak
password token credential = secret token credential key
secret = secret
variable = variable
env = environment
build builds = workflow run build job
ci pipeline = workflow pipeline
inline = review
output = artifact log
signed = signature
job = job run
deploy rollout ship = deployment deploy
release version = release version
published = release package
changelog = release-note
file document doc = file content document
folder directory = directory folder tree
code source = code content
history = event commit history timeline
change diff difference = commit compare diff change
compare different = compare
commit = commit
branch = branch
copy duplicate = fork copy clone
snippet = gist snippet
picture photo image = image photo picture media
container docker = container package image
library dependency = package dependency
webhook hook callback = webhook hook
notify = webhook notification notify
cost spend spent price charge bill invoice expense = billing usage cost price invoice charge
money payment pay paid = payment charge billing pay
refund reimburse = refund
subscription plan = subscription plan
discount voucher = coupon discount promotion
cart basket = cart basket
purchase buy bought order = order purchase checkout
product article goods merchandise sku = product item
item = item
stock inventory warehouse = inventory stock
shipment parcel delivery shipping = shipment delivery shipping parcel
address location place located = location address place
calendar appointment meeting event = event appointment meeting calendar
booking reservation = booking reservation
schedule = schedule
movie film = movie film
series show tv = tv series
song track = track song
album record = album
playlist = playlist
band singer artist = artist
actor actress cast = credit cast person
channel = channel conversation
server = guild server host droplet instance
machine vm computer box = runner instance machine server node droplet
cloud = codespace cloud instance
log logs output = log
picture avatar = avatar image
email mail = email
phone telephone = phone
star bookmark favorite favourite = star favorite bookmark
like thumbs emoji = reaction like
ban banned block = block ban
rule guard policy protect = protection rule ruleset policy
traffic visitor view looked = view traffic
statistic stats metric analytics = stat statistic metric report usage
report = report
language = language
topic category = topic category
quota limit = rate-limit limit quota
login logged signin = authenticated login session
logout = logout
key ssh = key
cache = cache
artifact = artifact
reviewer review approve approval approved = review reviewer approval approve
fix = fix update
milestone deadline sprint = milestone sprint
ai = copilot ai
assistant = copilot assistant
export backup = export migration archive backup
template starter boilerplate = template
ignore = gitignore
popular trending = popular trending
child parent = sub child parent
snapshot = snapshot
domain = domain
dns = dns domain
network = network vpc
disk volume = volume disk
database db = database
cluster k8s kubernetes = cluster kubernetes
ip = ip
status state = status state
config configuration setting preference = configuration setting
docs documentation wiki = page wiki documentation
website site = site page
text = text
markdown = markdown
vulnerabilities = vulnerability
analysis scan scanning = scanning analysis
squash = merge
friend follower = follower friend
following = following
news feed = feed timeline
transaction transfer = transaction transfer
balance = balance
currency = currency
tax vat = tax
question poll survey = poll survey question
vote = vote
invitation invite = invitation invite
id identifier = id
todo task = task todo issue
activity happened happening = event activity action timeline history
external outsider = outside external guest
said saying say = comment message conversation
failing broken = failed failure
owe owed = balance invoice
membership = membership subscription member
offer = quote offer
proof = evidence
seller vendor = account vendor
sms texted texts = message sms
ring dial phoned = call
taped taping recorded = recording
copies = replica copy scale
column = list field column
owner = owner admin role
waiting = pending waiting queue
green red passing = status check
zip = zip archive zipball
link = link permalink url
listen listened = played playing play
hit hits = top track
mix = playlist
speaker = device
podcast = show episode
emoji = emoji reaction
`;

/** Verbs that people use for the verbs of documents. */
const VERB_ENTRIES = `
remove throw destroy erase purge kick evict trash drop ditch kill = delete remove kick
rid away = delete remove
clear = clear delete mark
take = remove
add put = add create update
make open write start set begin = create
give grant = add create
store save = create store update
publish = create publish
post send = create send
draft = generate create
kick-off launch kick trigger = dispatch start create trigger run
try retry rerun = re-run retry rerun
stop shut halt abort end = stop cancel
close finish = update close
edit change modify adjust correct = update
boot = start
call name = rename
move = transfer move
assign = assign add
ask = request
ban = block
unban = unblock
find look search = search list
show display = list get
see = list get
show give = get list
turn = render convert enable disable
invite = invite invitation
attach = upload add attach
upload = upload
download = download
mark = create mark
require = create update
share = create share
touch touched = file list
join = add join
leave = remove leave
`;

export type Thesaurus = ReadonlyMap<string, readonly (readonly string[])[]>;

/** Returns word → terms, each of which is one or more words. */
function parseEntries(text: string): Thesaurus {
  const entries = new Map<string, (readonly string[])[]>();
  for (const line of text.split("\n")) {
    const [words, terms] = line.split(" = ");
    if (words === undefined || terms === undefined) continue;
    const targets = terms.split(" ").map((term) => term.split("-"));
    for (const word of words.split(" ")) {
      const known = entries.get(word) ?? [];
      entries.set(word, [...known, ...targets.filter((target) => target.length > 1 || target[0] !== word)]);
    }
  }
  return entries;
}

/** Abbreviations that stand for exactly these words. */
const ALIAS_ENTRIES = `
pr prs = pull-request
mr mrs = merge-request
dm dms = direct-message
`;

export const ALIASES = parseEntries(ALIAS_ENTRIES);
export const NOUNS = parseEntries(ENTRIES);
export const VERB_SYNONYMS = parseEntries(VERB_ENTRIES);
