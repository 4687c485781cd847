package io.unicorn.posix.socket;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.posix.Listener;
import io.unicorn.posix.PosixException;
import io.unicorn.posix.SocketFile;
import io.unicorn.posix.jnr.JnrPosix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class UnixListenersTests {

	private final JnrPosix posix = new JnrPosix();

	private final List<Integer> opened = new ArrayList<>();

	private final List<SocketChannel> clients = new ArrayList<>();

	@TempDir
	private Path directory = Path.of("");

	@AfterEach
	void closeAll() throws IOException {
		for (SocketChannel client : this.clients) {
			client.close();
		}
		this.opened.forEach(this.posix::close);
	}

	private SocketFile file(String name, int mode, String owner) {
		return new SocketFile(this.directory.resolve(name), mode, owner);
	}

	private Listener listen(SocketFile file) throws PosixException {
		Listener listener = this.posix.listen(file, 10);
		this.opened.add(listener.fd());
		return listener;
	}

	private void connect(SocketFile file) throws IOException {
		this.clients.add(SocketChannel.open(UnixDomainSocketAddress.of(file.path())));
	}

	@Test
	void theFileHasItsModeAndOwner() throws IOException {
		PosixFileAttributes ours = Files.readAttributes(this.directory, PosixFileAttributes.class);
		SocketFile file = file("app.sock", 0606, ours.owner().getName() + ":" + ours.group().getName());
		Listener listener = listen(file);
		assertThat(listener.fd()).isGreaterThanOrEqualTo(100);
		assertThat(listener.isUnix()).isTrue();
		PosixFileAttributes attributes = Files.readAttributes(file.path(), PosixFileAttributes.class);
		assertThat(PosixFilePermissions.toString(attributes.permissions())).isEqualTo("rw----rw-");
		assertThat(attributes.owner()).isEqualTo(ours.owner());
		connect(file);
	}

	@Test
	void anOwnerThatDoesNotExistIsRefusedAndLeavesNoFile() {
		for (String owner : List.of("nobody-has-this-name", ":no-group-has-this-name")) {
			SocketFile file = file("app.sock", 0660, owner);
			assertThatExceptionOfType(PosixException.class).isThrownBy(() -> listen(file))
				.withMessageContaining("there is no such user or group as in " + owner);
			assertThat(file.path()).doesNotExist();
		}
	}

	@Test
	void aFileThatAnEndedProcessHasLeftIsReplaced() throws IOException {
		SocketFile file = file("app.sock", 0660, "");
		this.posix.close(this.posix.listen(file, 10).fd());
		assertThat(file.path()).exists();
		listen(file);
		connect(file);
	}

	@Test
	void aSocketOnWhichAProcessListensIsLeftAlone() throws IOException {
		SocketFile file = file("app.sock", 0660, "");
		listen(file);
		assertThatExceptionOfType(PosixException.class).isThrownBy(() -> listen(file))
			.withMessage("bind %s: another process listens there", file)
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(PosixException.EADDRINUSE));
		connect(file);
	}

	@Test
	void aFileThatIsNoSocketIsLeftAlone() throws IOException {
		SocketFile file = file("app.sock", 0660, "");
		Files.writeString(file.path(), "precious");
		assertThatExceptionOfType(PosixException.class).isThrownBy(() -> listen(file))
			.withMessageContaining("is no socket");
		assertThat(file.path()).hasContent("precious");
	}

	@Test
	void aDirectoryThatDoesNotExistIsReported() {
		assertThatExceptionOfType(PosixException.class).isThrownBy(() -> listen(file("no/app.sock", 0660, "")))
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(PosixException.ENOENT));
	}

	@Test
	void argumentsOutOfRangeAreRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.posix.listen(file("app.sock", 0660, ""), 0));
		assertThatIllegalArgumentException().isThrownBy(() -> listen(file("x".repeat(107), 0660, "")));
	}

	@Test
	void anInheritedSocketKnowsItsAddress() throws IOException {
		Listener listener = listen(file("app.sock", 0660, ""));
		assertThat(this.posix.inherited(listener.fd())).isEqualTo(listener);
	}

	@Test
	void whoWaitsIsCounted() throws IOException {
		SocketFile file = file("two words.sock", 0660, "");
		Listener listener = listen(file);
		assertThat(this.posix.waiting(listener.fd())).isZero();
		connect(file);
		connect(file);
		assertThat(this.posix.waiting(listener.fd())).isEqualTo(2);
		assertThat(this.posix.handshakes(listener.fd())).isZero();
		Files.move(file.path(), this.directory.resolve("aside"));
		assertThat(this.posix.waiting(listener.fd())).isEqualTo(2);
	}

}
