#!/bin/sh
# @jmespath-community/jmespath 1.3.0: sort() orders numbers as text, and max_by() and min_by() find nothing by text.
#
# JMESPath's functions: sort() takes an array of numbers or of strings and orders it; max_by() and min_by() take an
# expression that gives a number or a string. One would expect `sort([10, 9, 2, 1])` to be [1,2,9,10], as sort_by()
# orders the same numbers. It is [1,10,2,9]. One would expect the element with the greatest or the least name; both
# functions return null, without an error. With a number as the key they work.
#
# Exits non-zero when the behavior differs from this description.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @jmespath-community/jmespath@1.3.0 >/dev/null
cat >run.mjs <<'JS'
import { search } from "@jmespath-community/jmespath";
const numbers = [10, 9, 2, 1];
const items = [{ name: "a", n: 1 }, { name: "b", n: 2 }];
const show = (data, expression) => console.log(expression, JSON.stringify(search(data, expression)));
show(numbers, "sort(@)");
show(numbers, "sort_by(@, &@)");
show(items, "max_by(@, &n).n");
show(items, "max_by(@, &name)");
show(items, "min_by(@, &name)");
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = 'sort(@) [1,10,2,9]
sort_by(@, &@) [1,2,9,10]
max_by(@, &n).n 2
max_by(@, &name) null
min_by(@, &name) null' ]
