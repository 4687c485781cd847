package io.unicorn.master;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * The master's log: lines in the format of Spring Boot, on standard output and, if there
 * is one, in the application's log file. A logging framework would be most of the master.
 * Thread-safe; a line is written whole.
 */
final class MasterLog {

	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
			Locale.ROOT);

	private final OutputStream console = new FileOutputStream(FileDescriptor.out);

	private final String prefix;

	private final @Nullable Path file;

	private @Nullable OutputStream fileStream;

	MasterLog(int pid, String application, @Nullable Path file) {
		this.prefix = pid + " --- " + (application.isEmpty() ? "" : "[" + application + "] ")
				+ "[         master] io.unicorn.master.Master                 : ";
		this.file = file;
		reopen();
	}

	/**
	 * Close and open the log file, which somebody may have renamed.
	 */
	synchronized void reopen() {
		if (this.file == null) {
			return;
		}
		try {
			if (this.fileStream != null) {
				this.fileStream.close();
			}
			this.fileStream = Files.newOutputStream(this.file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
		}
		catch (IOException ex) {
			this.fileStream = null;
			write(Effect.Level.WARN, "log file " + this.file + " cannot be opened: " + ex);
		}
	}

	synchronized void write(Effect.Level level, String text) {
		String line = TIME.format(ZonedDateTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.MILLIS)) + " "
				+ String.format(Locale.ROOT, "%5s", level.name()) + " " + this.prefix + text + "\n";
		byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
		writeQuietly(this.console, bytes);
		if (this.fileStream != null) {
			writeQuietly(this.fileStream, bytes);
		}
	}

	/**
	 * Report a fault of our own, with its stack trace.
	 */
	void fault(String what, Throwable fault) {
		StringWriter trace = new StringWriter();
		fault.printStackTrace(new PrintWriter(trace));
		write(Effect.Level.ERROR, what + "\n" + trace.toString().stripTrailing());
	}

	/** A full disk or a closed pipe is no reason to stop supervising. */
	private static void writeQuietly(OutputStream stream, byte[] bytes) {
		try {
			stream.write(bytes);
		}
		catch (IOException ex) {
			// There is nowhere left to say it.
		}
	}

}
