package io.unicorn.launch;

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
 * By what one sees that a file is another one, or has other content, without reading it.
 * The time of the last change of the inode is the part that nobody can set: it gives away
 * a file of the same size that was overwritten with {@code cp -p}.
 *
 * @param sizeBytes size, -1 if there is no file
 * @param modifiedNanos time of last modification
 * @param changedNanos time of last change of the inode
 * @param inode number of the inode
 * @param device number of the file system
 */
record FileStamp(long sizeBytes, long modifiedNanos, long changedNanos, long inode, long device) {

	/** No file. */
	static final FileStamp ABSENT = new FileStamp(-1, 0, 0, 0, 0);

	/**
	 * The kernel takes these times from its tick, up to 10 ms apart, and network file
	 * systems from whole seconds: a second write in the same tick leaves no trace.
	 */
	private static final Duration TICK = Duration.ofSeconds(2);

	/**
	 * Return the stamp of a file; symbolic links are followed.
	 * @throws IOException if it can not be told whether there is a file
	 */
	static FileStamp of(Path file) throws IOException {
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
	 * Return a time as nanoseconds since 1970.
	 */
	static long nanos(FileTime time) {
		return time.to(TimeUnit.NANOSECONDS);
	}

	/**
	 * Whether a later write would be seen: the last one is not so recent that both could
	 * have the same time.
	 */
	boolean settled(Instant now) {
		return equals(ABSENT) || this.changedNanos < nanos(FileTime.from(now.minus(TICK)));
	}

	@Override
	public String toString() {
		return this.sizeBytes + " " + this.modifiedNanos + " " + this.changedNanos + " " + this.inode + " "
				+ this.device;
	}

}
