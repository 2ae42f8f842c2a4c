"""The flags of `docker run`, `podman run` and `nerdctl run`: which take a value, and what they mean."""


def _flags(names: str) -> frozenset[str]:
    return frozenset("--" + name for name in names.split())


# Options before the subcommand that take a value.
GLOBAL_VALUES = _flags(
    "config context host log-level tlscacert tlscert tlskey namespace address snapshotter data-root root "
    "runroot storage-driver url connection identity cgroup-manager hosts-dir cni-path cni-netconfpath "
    "storage-opt tmpdir volumepath network-config-dir runtime"
) | {"-c", "-H", "-l", "-n", "-a"}

SWITCHES = _flags(
    "detach interactive tty rm init no-healthcheck sig-proxy oom-kill-disable quiet disable-content-trust "
    "use-api-socket replace tls-verify read-only-tmpfs no-hosts no-hostname rmi env-host http-proxy "
    "rootfs unsetenv-all privileged read-only publish-all help insecure-registry stdin passwd "
    "sdnotify-exec"
)

# Flags of one letter, by the long flag that they stand for.
SHORT = {
    "a": "--attach",
    "c": "--cpu-shares",
    "d": "--detach",
    "e": "--env",
    "h": "--hostname",
    "i": "--interactive",
    "l": "--label",
    "m": "--memory",
    "p": "--publish",
    "P": "--publish-all",
    "q": "--quiet",
    "t": "--tty",
    "u": "--user",
    "v": "--volume",
    "w": "--workdir",
}

# Flags with one text for a field of the same meaning.
TEXTS = {
    "--user": "user",
    "--shm-size": "shm_size",
    "--pid": "pid",
    "--ipc": "ipc",
    "--network": "network_mode",
    "--net": "network_mode",
    "--restart": "restart",
    "--name": "container_name",
    "--memory": "mem_limit",
    "--memory-reservation": "mem_reservation",
    "--cpus": "cpus",
    "--gpus": "gpus",
    "--runtime": "runtime",
    "--hostname": "hostname",
    "--uts": "uts",
    "--userns": "userns_mode",
    "--cgroupns": "cgroup",
    "--platform": "platform",
    "--workdir": "working_dir",
    "--pull": "pull_policy",
    "--stop-timeout": "stop_grace_period",
    "--pids-limit": "pids_limit",
}

# Flags that may come several times, each adding to a list.
LISTS = {
    "--cap-add": "cap_add",
    "--cap-drop": "cap_drop",
    "--security-opt": "security_opt",
    "--device": "devices",
    "--env-file": "env_file",
    "--group-add": "group_add",
    "--expose": "expose",
    "--tmpfs": "tmpfs",
    "--volumes-from": "volumes_from",
    "--add-host": "extra_hosts",
    "--dns": "dns",
    "--ulimit": "ulimits",
}

BOOLEANS = {"--privileged": "privileged", "--read-only": "read_only"}

HEALTH = {
    "--health-cmd": "test",
    "--health-interval": "interval",
    "--health-timeout": "timeout",
    "--health-retries": "retries",
    "--health-start-period": "start_period",
}

# Flags with a value that says nothing about what is judged.
_OTHER_VALUES = _flags(
    "annotation attach blkio-weight blkio-weight-device cgroup-parent cidfile cpu-count cpu-percent "
    "cpu-period cpu-quota cpu-rt-period cpu-rt-runtime cpu-shares cpuset-cpus cpuset-mems detach-keys "
    "device-cgroup-rule device-read-bps device-read-iops device-write-bps device-write-iops dns-opt "
    "dns-option dns-search domainname health-start-interval io-maxbandwidth io-maxiops ip ip6 isolation "
    "kernel-memory label-file link link-local-ip mac-address memory-swap memory-swappiness net-alias "
    "network-alias oom-score-adj stop-signal storage-opt sysctl volume-driver arch os variant authfile "
    "cert-dir conmon-pidfile pidfile pod pod-id-file secret systemd timezone tz umask unsetenv requires "
    "sdnotify seccomp-policy log-path log-size-max shm-size-systemd health-on-failure gidmap uidmap "
    "subgidname subuidname hostuser init-path image-volume chrootdirs cgroup-conf cgroups decryption-key "
    "group-entry passwd-entry personality preserve-fds preserve-fd rdt-class retry retry-delay "
    "signature-policy timeout verify cosign-key ipfs-address cosign-certificate-identity "
    "cosign-certificate-oidc-issuer snapshotter namespace address"
)

_SPECIAL = frozenset(
    {"--publish", "--env", "--volume", "--mount", "--label", "--log-driver", "--log-opt", "--entrypoint"}
)
VALUED = frozenset(TEXTS) | frozenset(LISTS) | frozenset(HEALTH) | _OTHER_VALUES | _SPECIAL
