"""Friendly public usernames: an adjective, an animal and a letter, like trustingHawkA."""

import secrets

_ADJECTIVE_WORDS = (
    "able active airy alert amber ample apt artful awake aware balmy bold brave breezy bright brisk busy calm candid "
    "caring cheery chief civil clean clear clever cool coral cosy crisp curious daring dear deep deft direct dreamy "
    "eager early earnest easy elegant epic even exact fair faithful famous fancy fast fearless fine firm fleet fluent "
    "fond frank free fresh friendly full funny gallant generous gentle giving glad gleaming golden good graceful grand "
    "grateful great green handy happy hardy hearty helpful honest hopeful humble ideal jade jolly jovial joyful just keen "
    "kind known lasting leading learned level light lively loving loyal lucid lucky lunar magic mellow merry mighty mild "
    "mindful modest moving native neat nimble noble novel open patient placid plain pleasant plucky polite prime prompt "
    "proper proud quick quiet rapid rare ready regal robust rosy royal rustic safe sage sharp shining silent silver "
    "simple sincere smart smiling smooth snug social solar solid spry stable steady still strong sturdy subtle sunny "
    "super sure swift tactful tender thankful thrifty tidy topaz tranquil trusting trusty upbeat useful valiant vivid "
    "warm wise witty worthy zesty"
)
_ANIMAL_WORDS = (
    "Antelope Badger Bear Beaver Bee Bison Bobcat Buck Bull Butterfly Camel Canary Caracal Cat Cheetah Chick Cod Colt "
    "Condor Coot Crab Crane Cricket Crow Cuckoo Curlew Deer Dolphin Dove Dragonfly Duck Eagle Egret Elk Ermine Falcon "
    "Fawn Ferret Finch Firefly Flamingo Foal Fox Gazelle Gecko Goose Grouse Gull Hare Hawk Hedgehog Heron Hoopoe Horse "
    "Ibex Ibis Impala Jackdaw Jay Kestrel Kingfisher Kite Koala Ladybird Lamb Lark Leopard Linnet Lion Lizard Lynx Magpie "
    "Manta Marlin Marten Martin Mole Moose Moth Mouflon Newt Nightjar Ocelot Onager Oriole Oryx Osprey Otter Owl Panda "
    "Panther Parrot Partridge Pelican Penguin Perch Pheasant Pigeon Plover Pony Puffin Puma Quail Rabbit Raven Robin "
    "Salmon Sandpiper Seal Sheep Shrew Skylark Snipe Sparrow Squirrel Stag Starling Stork Sturgeon Swallow Swan Swift "
    "Tern Thrush Tiger Tortoise Trout Turtle Viper Vole Wagtail Walrus Warbler Weasel Whale Wolf Woodcock Wren Yak Zebra"
)
_ADJECTIVES = _ADJECTIVE_WORDS.split()
_ANIMALS = _ANIMAL_WORDS.split()
# Without letters that are read for one another: I, L, O.
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
# After so many taken names in a row, a second letter makes room.
PATIENCE = 8


def propose(tries: int = 0) -> str:
    """A random name; `tries` is how many were found taken before. The table's constraint has the last word."""
    tail = "".join(secrets.choice(_LETTERS) for _ in range(1 if tries < PATIENCE else 2))
    return secrets.choice(_ADJECTIVES) + secrets.choice(_ANIMALS) + tail
