package io.unicorn.boot.bootstrap.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

import io.unicorn.launch.workdir.WorkDir;
import io.unicorn.launch.workdir.WriteProblem;
import io.unicorn.posix.Command;
import org.jspecify.annotations.Nullable;

/**
 * The directory for the dumps of workers.
 *
 * @param path its absolute path
 */
public record DumpDirectory(Path path) {

	/**
	 * Create the directory if it does not exist: a JVM takes the path of a missing one
	 * for the name of its file.
	 * @return why it cannot be used, or {@code null} if it can
	 */
	public @Nullable String create() {
		try {
			if (!Files.isDirectory(this.path)) {
				Files.createDirectories(this.path, WorkDir.PRIVATE_DIRECTORY);
			}
			WriteProblem.check(this.path);
			return null;
		}
		catch (IOException ex) {
			return "unicorn.dump-dir cannot be used, thread dumps go to the standard output: "
					+ WriteProblem.reason(ex);
		}
	}

	/**
	 * Return the flags with which a JVM writes its heap dumps and error reports here.
	 * @param isSet whether the user has set a flag that begins with this text
	 */
	public List<String> jvmFlags(Predicate<String> isSet) {
		return List.of("-XX:HeapDumpPath=", "-XX:ErrorFile=")
			.stream()
			.filter(isSet.negate())
			.map((flag) -> flag + Command.bytes(this.path) + (flag.contains("Error") ? "/hs_err_pid%p.log" : ""))
			.toList();
	}

}
