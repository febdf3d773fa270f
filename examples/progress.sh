#!/usr/bin/env bash
# Counts the packages that `go build -v` names on standard input, so that minutes of building do not look like nothing, and passes on the rest.
set -euo pipefail
count=0 end=""
while IFS= read -r line; do
	if [[ "$line" =~ ^(go:\ downloading\ .*|[a-z0-9][^ :]*)$ ]]; then
		count=$((count + 1))
		if [ -t 1 ]; then
			printf '\r  %4d  %-60.60s' "$count" "$line"
			end='\n'
		elif [ $((count % 100)) = 0 ]; then
			echo "  $count packages"
		fi
	else
		printf "$end%s\n" "$line"
		end=""
	fi
done
printf "$end"
