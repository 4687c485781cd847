package io.unicorn.launch.plan;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;

import io.unicorn.launch.workdir.ProcessTable;
import org.jspecify.annotations.Nullable;

/**
 * A file that holds the process id of a master. It is written and deleted only if it is a
 * regular file, and not while it names another master that lives: another user may have
 * put a link or a named pipe in its place, and an operator may have started a second
 * pool.
 */
public final class PidFile {

	/** Longer than any number. */
	private static final int MOST_BYTES = 32;

	private final Path path;

	private final ProcessTable processes;

	public PidFile(Path path) {
		this(path, new ProcessTable());
	}

	PidFile(Path path, ProcessTable processes) {
		this.path = path;
		this.processes = processes;
	}

	/**
	 * Return why a process must leave this file alone, or {@code null} if it may write
	 * it.
	 * @param pid the id of that process
	 * @throws IOException if the file exists and cannot be opened
	 */
	public @Nullable String refusal(int pid) throws IOException {
		BasicFileAttributes attributes = attributes();
		if (attributes == null) {
			return null;
		}
		if (!attributes.isRegularFile()) {
			return "it is " + (attributes.isSymbolicLink() ? "a symbolic link" : "not a regular file")
					+ "; remove it, or name another file";
		}
		String content = content();
		int other = content.matches("[0-9]{1,9}") ? Integer.parseInt(content) : 0;
		return (other != 0 && other != pid && PoolProcess.isMaster(other, this.processes))
				? "it holds the process id " + content + " of the master of another pool, which is running" : null;
	}

	/**
	 * Write a process id, unless that is refused.
	 * @return the reason of a refusal, or {@code null}
	 * @throws IOException if the file cannot be written
	 */
	public @Nullable String write(int pid) throws IOException {
		Path parent = this.path.toAbsolutePath().getParent();
		if (parent != null) {
			Files.createDirectories(parent);
		}
		String refusal = refusal(pid);
		if (refusal == null) {
			byte[] bytes = Integer.toString(pid).getBytes(StandardCharsets.US_ASCII);
			try (SeekableByteChannel channel = (attributes() != null) ? open() : Files.newByteChannel(this.path,
					Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
				channel.write(ByteBuffer.wrap(bytes));
				channel.truncate(bytes.length);
			}
		}
		return refusal;
	}

	/**
	 * Delete the file if it holds a process id.
	 * @throws IOException if it cannot be read or deleted
	 */
	public void delete(int pid) throws IOException {
		BasicFileAttributes attributes = attributes();
		if (attributes != null && attributes.isRegularFile() && content().equals(Integer.toString(pid))) {
			Files.delete(this.path);
		}
	}

	private @Nullable BasicFileAttributes attributes() throws IOException {
		try {
			return Files.readAttributes(this.path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
		}
		catch (NoSuchFileException ex) {
			return null;
		}
	}

	/**
	 * Open the file for reading and writing, which does not block if a named pipe has
	 * taken its place meanwhile.
	 */
	private SeekableByteChannel open() throws IOException {
		return Files.newByteChannel(this.path,
				Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
	}

	private String content() throws IOException {
		try (SeekableByteChannel channel = open()) {
			// The size of a named pipe is 0; to read from it would block.
			ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(channel.size(), MOST_BYTES));
			while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
				// Until all is read.
			}
			return new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1).strip();
		}
	}

}
