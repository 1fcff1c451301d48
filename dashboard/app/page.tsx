import { Live } from "../components/Live";

export default function Page() {
  return <Live />;
}
