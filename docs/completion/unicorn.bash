# Completion of the commands of a pool for bash. Include it in ~/.bashrc, together with the function:
#
#   unicorn() { java -Djarmode=unicorn -jar /srv/app.jar "$@"; }

_unicorn() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local pool="--pid --work-dir" options
    case "$previous" in
        --work-dir) COMPREPLY=($(compgen -d -- "$word")); return ;;
        --pid | --timeout | scale | retire | dump) return ;;
    esac
    if [ "$COMP_CWORD" -eq 1 ]; then
        options="rollout status top scale retire dump log-level upgrade stop check config help"
    else
        case "${COMP_WORDS[1]}" in
            rollout | stop) options="$pool --no-wait --timeout" ;;
            status) options="$pool --json" ;;
            log-level) [ "$COMP_CWORD" -eq 3 ] && options="trace debug info warn error off inherited" || options=$pool ;;
            help | check | config) options="" ;;
            *) options=$pool ;;
        esac
    fi
    COMPREPLY=($(compgen -W "$options" -- "$word"))
}

complete -F _unicorn unicorn
