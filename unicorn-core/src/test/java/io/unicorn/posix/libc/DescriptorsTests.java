package io.unicorn.posix.libc;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

import io.unicorn.posix.jnr.JnrPosix;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DescriptorsTests {

	private final JnrPosix posix = new JnrPosix();

	private final Descriptors descriptors = new Descriptors(Kernel.load());

	/** A worker relies on it, for it cannot make its descriptors close-on-exec itself. */
	@Test
	void aProgramThatTheJdkStartsInheritsNoDescriptor() throws IOException {
		int fd = this.posix.listen(InetAddress.getLoopbackAddress(), 0, 1).fd();
		try {
			this.descriptors.setCloseOnExec(fd, false);
			Process program = new ProcessBuilder("ls", "/proc/self/fd").start();
			try (InputStream output = program.getInputStream()) {
				assertThat(new String(output.readAllBytes(), StandardCharsets.US_ASCII).lines()).contains("0", "1", "2")
					.doesNotContain(Integer.toString(fd));
			}
		}
		finally {
			this.posix.close(fd);
		}
	}

}
