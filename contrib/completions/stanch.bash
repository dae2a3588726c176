# bash completion for stanch(1): commands and options are those that the program itself names

_stanch()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]-} words
	COMPREPLY=()

	# COMP_WORDBREAKS splits at '='
	[[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD - 2]}
	[[ $cur == = ]] && prev=${COMP_WORDS[COMP_CWORD - 1]} cur=
	case $prev in
	--format | -f) words="text json jsonl sarif gitlab junit csv html github" ;;
	--identifiers) words="few all none" ;;
	--fail-on | --deny-from) words="info low medium high critical" ;;
	--min-confidence) words="possible likely strong certain" ;;
	--hook) words="pre-commit pre-merge-commit pre-push pre-receive" ;;
	--pushed) words=$(git remote 2>/dev/null) ;;
	--unreachable) words="yes no only" ;;
	--fail) words="open closed" ;;
	--range | --since | --include | --exclude | --jobs | -j | --max-*) return ;;
	esac
	case $COMP_CWORD,$command,${COMP_WORDS[2]-} in
	1,*) words="$(stanch --help 2>/dev/null | sed -n 's/^  stanch \([a-z-]*\).*/\1/p') --help --version" ;;
	2,rules,*) words="list show check" ;;
	2,baseline,*) words="write prune show" ;;
	2,set,*) words="make verify pin" ;;
	2,keygen,[!-]*) words="identity signer mark-key" ;;
	*,rules,show) words=$(stanch rules list 2>/dev/null | cut -d ' ' -f 1) ;;
	esac
	if [[ -z ${words+set} && $cur == -* ]]; then
		words=$(stanch "$command" --help 2>/dev/null | sed -n 's/^ *\(-., \)\{0,1\}\(--[a-z-]*\).*/\2/p')
	fi
	if [[ -n ${words+set} ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	else
		mapfile -t COMPREPLY < <(compgen -W "env:" -- "$cur"; compgen -f -- "$cur")
		compopt -o filenames 2>/dev/null
	fi
} && complete -F _stanch stanch
