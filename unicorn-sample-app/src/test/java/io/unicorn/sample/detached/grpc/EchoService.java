package io.unicorn.sample.detached.grpc;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/**
 * A gRPC service without a description in Protocol Buffers: its messages are text.
 */
@Component
@ConditionalOnProperty("unicorn.listeners.grpc")
public class EchoService implements BindableService, MethodDescriptor.Marshaller<String> {

	private static final String NAME = "Echo";

	@Override
	public ServerServiceDefinition bindService() {
		MethodDescriptor<String, String> call = MethodDescriptor.newBuilder(this, this)
			.setType(MethodDescriptor.MethodType.UNARY)
			.setFullMethodName(MethodDescriptor.generateFullMethodName(NAME, "Call"))
			.build();
		return ServerServiceDefinition.builder(NAME).addMethod(call, ServerCalls.asyncUnaryCall((request, response) -> {
			response.onNext(ProcessHandle.current().pid() + " " + request);
			response.onCompleted();
		})).build();
	}

	@Override
	public InputStream stream(String value) {
		return new ByteArrayInputStream(value.getBytes(StandardCharsets.US_ASCII));
	}

	@Override
	public String parse(InputStream stream) {
		try {
			return new String(stream.readAllBytes(), StandardCharsets.US_ASCII);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
