package io.unicorn.launch.workdir;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Identifies the content of a file without reading it. No program can set the time of the
 * last change of the inode, so it reveals a file of the same size that was overwritten by
 * {@code cp -p}.
 *
 * @param sizeBytes size, or -1 if there is no file
 * @param modifiedNanos time of the last modification, in nanoseconds since 1970
 * @param changedNanos time of the last change of the inode, in nanoseconds since 1970
 * @param inode number of the inode
 * @param device number of the file system
 */
public record FileStamp(long sizeBytes, long modifiedNanos, long changedNanos, long inode, long device) {

	/** Stands for a file that does not exist. */
	public static final FileStamp ABSENT = new FileStamp(-1, 0, 0, 0, 0);

	/**
	 * The resolution of these times, rounded up. The kernel takes them from its tick, up
	 * to 10 ms apart, and network file systems from whole seconds. A second write in the
	 * same tick does not change them.
	 */
	private static final Duration TICK = Duration.ofSeconds(2);

	/**
	 * Return the stamp of a file; symbolic links are followed.
	 * @throws IOException if it is unknown whether the file exists
	 */
	public static FileStamp of(Path file) throws IOException {
		try {
			Map<String, Object> attributes = Files.readAttributes(file, "unix:size,lastModifiedTime,ctime,ino,dev");
			return new FileStamp(number(attributes, "size"), nanos(time(attributes, "lastModifiedTime")),
					nanos(time(attributes, "ctime")), number(attributes, "ino"), number(attributes, "dev"));
		}
		catch (FileSystemException ex) {
			if (Files.notExists(file)) {
				return ABSENT;
			}
			throw ex;
		}
	}

	private static long number(Map<String, Object> attributes, String name) {
		return ((Number) Objects.requireNonNull(attributes.get(name), name)).longValue();
	}

	private static FileTime time(Map<String, Object> attributes, String name) {
		return (FileTime) Objects.requireNonNull(attributes.get(name), name);
	}

	/**
	 * Return a time in nanoseconds since 1970.
	 */
	public static long nanos(FileTime time) {
		return time.to(TimeUnit.NANOSECONDS);
	}

	/**
	 * Return whether a write after an instant would change the stamp: the last change is
	 * not so recent that both could have the same time.
	 * @param now the instant at which the content was read, or earlier
	 */
	public boolean settled(Instant now) {
		return equals(ABSENT) || this.changedNanos < nanos(FileTime.from(now.minus(TICK)));
	}

	@Override
	public String toString() {
		return this.sizeBytes + " " + this.modifiedNanos + " " + this.changedNanos + " " + this.inode + " "
				+ this.device;
	}

}
