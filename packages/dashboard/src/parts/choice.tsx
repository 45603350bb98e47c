import { useId } from 'preact/hooks'

/** A few values of which exactly one is chosen, side by side. */
export function Choice<Value extends string>({
  label,
  options,
  chosen,
  onChoose,
}: {
  readonly label: string
  readonly options: readonly (readonly [value: Value, name: string])[]
  readonly chosen: Value | undefined
  readonly onChoose: (value: Value) => void
}) {
  const name = useId()
  return (
    <fieldset class="choice">
      <legend class="visually-hidden">{label}</legend>
      {options.map(([value, text]) => (
        <label key={value}>
          <input
            type="radio"
            name={name}
            value={value}
            checked={value === chosen}
            onChange={() => onChoose(value)}
          />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  )
}
