package io.unicorn.worker;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

class InheritedListenersTests {

	private static int number(ServerSocketChannel channel) throws ReflectiveOperationException {
		Field field = channel.getClass().getDeclaredField("fd");
		field.setAccessible(true);
		Field number = FileDescriptor.class.getDeclaredField("fd");
		number.setAccessible(true);
		return number.getInt(field.get(channel));
	}

	@Test
	void aListenerThatWasDuplicatedStaysOpen() throws Exception {
		ServerSocketChannel first = ServerSocketChannel.open()
			.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		var address = first.getLocalAddress();
		InheritedListeners listeners = new InheritedListeners("http:" + number(first) + ",management:-1");
		InheritedListeners duplicated = listeners.duplicated();
		assertThat(duplicated.toString()).matches("http:\\d+,management:-1").isNotEqualTo(listeners.toString());
		first.close();
		try (ServerSocketChannel second = duplicated.take("http"); SocketChannel client = SocketChannel.open(address)) {
			assertThat(second.accept().getRemoteAddress()).isEqualTo(client.getLocalAddress());
		}
	}

	@Test
	void aListenerThatIsClosedCannotBeDuplicated() {
		assertThatIOException().isThrownBy(() -> new InheritedListeners("http:100000").duplicated())
			.withMessageContaining("100000");
	}

	@Test
	void aListenerThatWasNotInheritedIsRefused() {
		assertThatIOException().isThrownBy(() -> new InheritedListeners("http:4").take("other"))
			.withMessageContaining("'other'");
	}

}
