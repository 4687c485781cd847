package io.unicorn.master.log;

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
import java.time.Instant;

import io.unicorn.launch.plan.MasterLog;
import io.unicorn.master.arbiter.pool.Effect;
import org.jspecify.annotations.Nullable;

/**
 * Writes lines in the format of the application's own to standard output and, if there is
 * one, to the application's log file. A logging framework would be larger than the rest
 * of the master. Thread-safe; a line is written whole.
 */
public final class LogWriter {

	private final OutputStream console;

	private final LogLine onConsole;

	private final LogLine inFile;

	private final @Nullable Path file;

	private @Nullable OutputStream fileStream;

	private boolean failing;

	public LogWriter(int pid, String application, MasterLog log) {
		this(pid, application, log, new FileOutputStream(FileDescriptor.out));
	}

	LogWriter(int pid, String application, MasterLog log, OutputStream console) {
		this.console = console;
		this.onConsole = new LogLine(pid, application, log.output());
		this.inFile = new LogLine(pid, application, log.inFile());
		this.file = (log.file() != null) ? Path.of(log.file()) : null;
		reopen();
	}

	/**
	 * Close and open the log file, after it was renamed.
	 */
	public synchronized void reopen() {
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

	/**
	 * Close the log file; later lines go to the output alone.
	 */
	synchronized void close() {
		try {
			if (this.fileStream != null) {
				this.fileStream.close();
			}
		}
		catch (IOException ex) {
			// Its descriptor is closed in any case.
		}
		this.fileStream = null;
	}

	public synchronized void write(Effect.Level level, String text) {
		Instant now = Instant.now();
		writeQuietly(this.console, this.onConsole.of(level, now, text));
		if (this.fileStream != null) {
			writeToFile(this.fileStream, this.inFile.of(level, now, text));
		}
	}

	/** Ignore a full disk but for one line: supervision goes on. */
	private void writeToFile(OutputStream stream, String line) {
		try {
			stream.write(line.getBytes(StandardCharsets.UTF_8));
			this.failing = false;
		}
		catch (IOException ex) {
			boolean first = !this.failing;
			this.failing = true;
			if (first) {
				write(Effect.Level.WARN,
						"log file " + this.file + " lacks lines, because it cannot be written: " + ex.getMessage());
			}
		}
	}

	/**
	 * Log an exception that a defect of the master has caused, with its stack trace.
	 */
	public void fault(String what, Throwable fault) {
		StringWriter trace = new StringWriter();
		fault.printStackTrace(new PrintWriter(trace));
		write(Effect.Level.ERROR, what + "\n" + trace.toString().stripTrailing());
	}

	/** Ignore a closed pipe: supervision goes on. */
	private static void writeQuietly(OutputStream stream, String line) {
		try {
			stream.write(line.getBytes(StandardCharsets.UTF_8));
		}
		catch (IOException ex) {
			// There is nowhere left to say it.
		}
	}

}
