# bash completion for stanch(1)

_stanch()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]-}
	local commands="scan rules explain baseline inject audit keygen seal open inspect edit rekey verify set lint git-setup"
	commands+=" staged"
	local limits="--max-depth --max-entries --max-members --max-ratio --max-unwrapped --max-decoded --max-seconds --max-spool --max-findings --max-gathered"
	local options="--format --fail-on --min-confidence --rules --no-builtin --baseline --ignore --include --exclude --gitignore
		--git-folders --range --since --unreachable --state --one-file-system --jobs --mark-key --known --identity --signers --config --no-config --show-secrets --no-sandbox --no-progress --help $limits"
		--git-folders --one-file-system --jobs --platform --plain-http --mark-key --known --identity --signers --config --no-config --show-secrets --no-sandbox --no-progress --help $limits"
	[[ $command == staged ]] && options+=" --whole --files-from --received --pushed --install --uninstall --hook --hooks"
	COMPREPLY=()

	# COMP_WORDBREAKS splits at '='
	[[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD - 2]}
	[[ $cur == = ]] && prev=${COMP_WORDS[COMP_CWORD - 1]} cur=
	case $prev in
	--format | -f)
		mapfile -t COMPREPLY < <(compgen -W "text json jsonl sarif gitlab junit csv html github" -- "$cur")
		return ;;
	--fail-on)
		mapfile -t COMPREPLY < <(compgen -W "info low medium high critical" -- "$cur")
		return ;;
	--min-confidence)
		mapfile -t COMPREPLY < <(compgen -W "possible likely strong certain" -- "$cur")
		return ;;
	--hook)
		mapfile -t COMPREPLY < <(compgen -W "pre-commit pre-merge-commit pre-push pre-receive" -- "$cur")
		return ;;
	--pushed)
		mapfile -t COMPREPLY < <(compgen -W "$(git remote 2>/dev/null)" -- "$cur")
		return ;;
	--unreachable)
		mapfile -t COMPREPLY < <(compgen -W "yes no only" -- "$cur")
		return ;;
	--range | --since | --include | --exclude | --jobs | -j | --max-*)
		return ;;
	esac
	if [[ $COMP_CWORD -eq 1 ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$commands --help --version" -- "$cur")
		return
	fi
	if [[ $COMP_CWORD -eq 2 ]]; then
		case $command in
		rules) mapfile -t COMPREPLY < <(compgen -W "list show check" -- "$cur"); return ;;
		baseline) mapfile -t COMPREPLY < <(compgen -W "write prune show" -- "$cur"); return ;;
		esac
	fi
	if [[ $command == rules && ${COMP_WORDS[2]-} == show ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(stanch rules list 2>/dev/null | cut -d ' ' -f 1)" -- "$cur")
	elif [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
	else
		mapfile -t COMPREPLY < <(compgen -W "env:" -- "$cur"; compgen -f -- "$cur")
		compopt -o filenames 2>/dev/null
	fi
} && complete -F _stanch stanch
