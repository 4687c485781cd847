package io.unicorn.posix.jnr;

import java.util.List;
import java.util.Set;

import io.unicorn.posix.Command;
import io.unicorn.posix.Listener;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;

/**
 * Executes a shell that prints its process id and the descriptors that it inherits.
 */
final class ExecMain {

	private ExecMain() {
	}

	public static void main(String... args) throws PosixException {
		Posix posix = new JnrPosix();
		Listener listener = posix.listen(null, 0, 1);
		posix.controlPair();
		String script = "exec > $0; echo $$; grep SigBlk /proc/self/status; ls /proc/$$/fd; exit 7";
		posix.exec(new Command("/bin/sh", List.of("sh", "-c", script, Command.bytes(args[0])),
				List.of("PATH=/usr/bin:/bin")), Set.of(listener.fd()));
	}

}
